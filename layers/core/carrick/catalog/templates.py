"""The grammar of ``${...}`` placeholders in entries. Nothing is evaluated.

::

    template    = *( text / "${" placeholder "}" )
    placeholder = name [ ":" argument ] / function "(" template ")"
    name        = one of BARE_NAMES / namespace "." path
    namespace   = one of NAMESPACES / "step" DIGIT

Names may hold dots and hyphens (``connectionConfig.accounts-server``). A value that is put in is
never read for placeholders again. Templates are read once, from left to right; length, nesting
and the set of functions are bounded.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from carrick.errors import CarrickError

LONGEST_TEMPLATE = 4096
DEEPEST_NESTING = 3

NAMESPACES = frozenset({"connectionConfig", "credentials", "assertionOption", "integrationConfig"})
BARE_NAMES = frozenset(
    {
        "accessToken", "apiKey", "username", "password", "clientId", "clientSecret", "token",
        "refresh_token", "random", "now", "userAgent", "endpoint", "method", "host", "path",
        "params", "publicKeyFingerprint",
    }
)  # fmt: skip
"""Names without a namespace: values of the moment, and credentials by their usual name."""

FUNCTIONS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"base64": lambda text: base64.b64encode(text.encode()).decode("ascii")}
)
"""The functions a template may name: text in, text out."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:\.[A-Za-z0-9_-]+)*")
_ARGUMENT = re.compile(r"[^${}]*")
_STEP = re.compile(r"step[1-9]").fullmatch
_OFFSET_TIME = re.compile(r"now[+-][0-9]{1,6}").fullmatch


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text."""

    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A value to put in. A bare name has no namespace, and keeps its argument."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class Call:
    """A named function over a template."""

    function: str
    inner: "Template"


Node = Text | Reference | Call
Template = tuple[Node, ...]


def malformed(reason: str) -> CarrickError:
    """The error for a template that is none. Templates come from entries only."""
    return CarrickError(
        f"A template of the catalog is malformed: {reason}.", code="invalid_template"
    )


@lru_cache(maxsize=2048)
def parse(template: str) -> Template:
    """Read a template. Raises ``CarrickError`` (``invalid_template``)."""
    if len(template) > LONGEST_TEMPLATE:
        raise malformed(f"longer than {LONGEST_TEMPLATE} characters")
    nodes, end = _nodes(template, 0, depth=0)
    if end != len(template):
        raise malformed("a placeholder is not closed as it was opened")
    return nodes


def references(template: Template) -> Iterator[Reference]:
    """Every value that a template asks for, in order, inside functions too."""
    for node in template:
        if isinstance(node, Reference):
            yield node
        elif isinstance(node, Call):
            yield from references(node.inner)


def _nodes(source: str, start: int, *, depth: int) -> tuple[Template, int]:
    """The nodes from ``start`` to the end, or to the ``)}`` of a function."""
    nodes: list[Node] = []
    while start < len(source):
        opening = source.find("${", start)
        closing = source.find(")}", start) if depth else -1
        stop = min((at for at in (opening, closing) if at >= 0), default=len(source))
        if stop > start:
            nodes.append(Text(source[start:stop]))
        if stop != opening:
            return tuple(nodes), stop
        node, start = _placeholder(source, opening + 2, depth=depth)
        nodes.append(node)
    return tuple(nodes), start


def _placeholder(source: str, start: int, *, depth: int) -> tuple[Node, int]:
    match = _NAME.match(source, start)
    if match is None:
        raise malformed("a placeholder has no name")
    end = match.end()
    if source.startswith("(", end):
        return _call(source, match.group(), end + 1, depth=depth)
    if source.startswith(":", end):
        argument = _ARGUMENT.match(source, end)
        end = argument.end() if argument else end
    if not source.startswith("}", end):
        raise malformed("a placeholder is not closed")
    return _reference(match.group(), source[start:end]), end + 1


def _reference(name: str, whole: str) -> Reference:
    namespace, dot, path = whole.partition(".")
    if dot and (namespace in NAMESPACES or _STEP(namespace)):
        return Reference(namespace, path)
    if name in BARE_NAMES or _OFFSET_TIME(name):
        return Reference("", whole)
    raise malformed("a placeholder names nothing that exists")


def _call(source: str, function: str, start: int, *, depth: int) -> tuple[Node, int]:
    if function not in FUNCTIONS:
        raise malformed("a placeholder names a function that does not exist")
    if depth >= DEEPEST_NESTING:
        raise malformed("functions are nested too deep")
    inner, end = _nodes(source, start, depth=depth + 1)
    if not source.startswith(")}", end):
        raise malformed("a function is not closed")
    return Call(function, inner), end + 2
