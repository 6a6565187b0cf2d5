"""Scheme, host and port of a URL template: what its text fixes, and what a value may decide."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from carrick.catalog import hosts
from carrick.catalog.templates import Node, Reference, Template, Text, malformed

if TYPE_CHECKING:
    from carrick.catalog.schema import InputField

LOOPBACK = ("localhost", "127.0.0.1")
_AUTHORITY_END = "/?#"


def split_authority(nodes: Template) -> tuple[str, Template, Template]:
    """Scheme, nodes of host and port, and the nodes from the path on.

    Raises ``CarrickError`` (``invalid_template``) unless the text begins with ``https://``, or with
    ``http://`` and a loopback name in full.
    """
    first = nodes[0] if nodes else None
    text = first.text if isinstance(first, Text) else ""
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("https", "http"):
        raise malformed("a URL begins with https://")
    remaining: Template = (Text(rest), *nodes[1:]) if rest else nodes[1:]
    for position, node in enumerate(remaining):
        cut = _first_of(node.text, _AUTHORITY_END) if isinstance(node, Text) else -1
        if isinstance(node, Text) and cut >= 0:
            head = (*remaining[:position], Text(node.text[:cut])) if cut else remaining[:position]
            tail = (Text(node.text[cut:]), *remaining[position + 1 :])
            break
    else:
        head, tail = remaining, ()
    if scheme == "http" and not _is_loopback(head):
        raise malformed("a URL begins with https://")
    if any("@" in node.text for node in head if isinstance(node, Text)):
        raise malformed("a URL holds no credentials")
    return scheme, head, tail


def split_port(authority: Template) -> tuple[Template, Reference | None]:
    """The nodes of the host, and the placeholder for the port if one follows a colon."""
    if len(authority) > 1:
        before, last = authority[-2:]
        if isinstance(last, Reference) and isinstance(before, Text) and before.text[-1] == ":":
            return (*authority[:-2], Text(before.text[:-1])), last
    return authority, None


def fixed_suffix(authority: Template) -> str:
    """The literal text that a host ends in, without port: what no value can change."""
    host, _ = split_port(authority)
    last = host[-1] if host else None
    return last.text.partition(":")[0] if isinstance(last, Text) else ""


def fixes_domain(authority: Template, fields: Mapping[str, "InputField"] | None = None) -> bool:
    """Whether a host always ends in two whole labels that no free value can change.

    A value that the entry lists (``enum``) counts as text.
    """
    ends = [""]
    for node in reversed(split_port(authority)[0]):
        if isinstance(node, Text):
            ends = [node.text.partition(":")[0] + end for end in ends]
            continue
        field = (fields or {}).get(node.name) if isinstance(node, Reference) else None
        if field is None or not field.enum:
            break
        ends = [value + end for value in field.enum for end in ends]
    return all(hosts.is_hostname(end.partition(".")[2]) for end in ends)


def is_host(authority: Sequence[Node]) -> bool:
    """Whether an authority without placeholders is a host name or loopback."""
    return hosts.is_hostname(fixed_suffix(tuple(authority))) or _is_loopback(authority)


def _first_of(text: str, characters: str) -> int:
    return min((at for at in map(text.find, characters) if at >= 0), default=-1)


def _is_loopback(authority: Sequence[Node]) -> bool:
    first = authority[0] if len(authority) == 1 else None
    return isinstance(first, Text) and first.text.partition(":")[0] in LOOPBACK
