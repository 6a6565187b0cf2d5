"""Values into templates: ``render`` for parameters, ``render_url`` for URLs.

In a URL a value may fill a place, never make one: what it may hold depends on where it stands, and
the finished URL is parsed again and compared with what was meant. The outbound guard of
``transport`` stands behind this, not instead of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from carrick.catalog import hosts
from carrick.catalog.authority import LOOPBACK, fixes_domain, split_authority, split_port
from carrick.catalog.formats import invalid
from carrick.catalog.inputs import checked
from carrick.catalog.templates import FUNCTIONS, Node, Reference, Template, Text, malformed, parse
from carrick.errors import FlowError

if TYPE_CHECKING:
    from carrick.catalog.schema import InputField

LONGEST_VALUE_IN_URL = 2048
# ``${credentials.x}``, and the usual ones by their bare name: ``${apiKey}``.
_OF_CREDENTIALS = frozenset({"credentials", ""})


def render(template: str, values: Mapping[str, Mapping[str, str]]) -> str:
    """Put values into a template, as they are.

    ``values`` maps a namespace (``connectionConfig``, ``credentials``, ...) to its values by name;
    bare names such as ``accessToken`` are looked up under the empty namespace, with their argument
    (``now:YYYY-MM-DD``). Raises ``FlowError`` (``url_param_err``) that names what is missing.
    """
    return _render(parse(template), values)


def _render(template: Template, values: Mapping[str, Mapping[str, str]]) -> str:
    pieces = []
    for node in template:
        if isinstance(node, Text):
            pieces.append(node.text)
        elif isinstance(node, Reference):
            value = values.get(node.namespace, {}).get(node.name)
            if value is None:
                raise missing(node)
            pieces.append(value)
        else:
            pieces.append(FUNCTIONS[node.function](_render(node.inner, values)))
    return "".join(pieces)


def missing(reference: Reference) -> FlowError:
    """The error for a value that a template needs and nobody gave."""
    return FlowError(f"A value is missing: {reference}.", code="url_param_err")


def render_url(
    template: str,
    *,
    connection_config: Mapping[str, str],
    fields: Mapping[str, "InputField"] | None = None,
    allowed_hosts: Collection[str] | None = (),
    credentials: Mapping[str, str] | None = None,
) -> str:
    """Put connection config into a URL template, each value as its place asks.

    ``fields`` are the entry's declarations: only they can let a value be more than one DNS label of
    the host, and with them an undeclared name is refused. ``allowed_hosts`` are what the operator
    allows for a host that the person may choose freely (``self_hosted``); ``None`` allows any, for
    when nothing of the operator's is sent there. ``credentials`` may stand in path and query, for
    entries with the quirk ``credential_in_url``: such a URL is a secret.

    Raises ``FlowError`` (``url_param_err``) for a missing value, ``InvalidRequestError``
    (``invalid_connection_config``) for one that does not fit its place, and ``CarrickError``
    (``invalid_template``) for a template that leaves the host open.
    """
    nodes = parse(template)
    values = _Values(connection_config, fields, allowed_hosts, credentials or {})
    if nodes and isinstance(nodes[0], Reference):
        origin, nodes = values.whole_url(nodes[0]), nodes[1:]
        if nodes and not (isinstance(nodes[0], Text) and nodes[0].text.startswith("/")):
            raise malformed("a whole URL can only be followed by a path")
    else:
        scheme, authority, nodes = split_authority(nodes)
        origin = f"{scheme}://{values.authority(authority)}"
    return _verified(origin, _tail(nodes, values))


def render_tail(
    template: str,
    *,
    connection_config: Mapping[str, str],
    fields: Mapping[str, "InputField"],
    credentials: Mapping[str, str],
) -> str:
    """A path with its query, to be put behind a URL. Values and errors as in ``render_url``."""
    return _tail(parse(template), _Values(connection_config, fields, (), credentials))


@dataclass(frozen=True, slots=True)
class _Filled:
    """A reference in a URL with its value, and its declaration if there is one."""

    name: str
    value: str
    field: "InputField | None"

    @property
    def format(self) -> str:
        return self.field.format if self.field else ""

    @property
    def bounds_host(self) -> bool:
        return self.field is not None and self.field.bounds_host


@dataclass(frozen=True, slots=True)
class _Values:
    """Connection config, seen as what may be put into a URL."""

    config: Mapping[str, str]
    fields: Mapping[str, "InputField"] | None
    allowed_hosts: Collection[str] | None
    credentials: Mapping[str, str]

    def fill_tail(self, node: Node) -> _Filled:
        """The value of a reference that stands in path or query."""
        if not isinstance(node, Reference) or node.namespace not in _OF_CREDENTIALS:
            return self.fill(node)
        value = self.credentials.get(node.name)
        if not value:
            raise missing(node)
        return _Filled(node.name, value, None)

    def fill(self, node: Node) -> _Filled:
        """The value of a reference, checked as its field says."""
        if not isinstance(node, Reference) or node.namespace != "connectionConfig":
            raise malformed("a URL can only hold connection config")
        field = self.fields.get(node.name) if self.fields is not None else None
        if field is None and self.fields is not None:
            raise malformed(f"{node} stands in a URL and is not declared")
        value = self.config.get(node.name)
        if not isinstance(value, str) or not value:
            raise missing(node)
        if len(value) > LONGEST_VALUE_IN_URL:
            raise invalid(node.name, "is too long")
        return _Filled(node.name, checked(node.name, field, value) if field else value, field)

    def whole_url(self, node: Reference) -> str:
        """A value that is scheme, host and perhaps path. Its field must bound its host."""
        filled = self.fill(node)
        if filled.format != "url" or not filled.bounds_host:
            raise malformed(f"{node} stands for a whole URL without bounds")
        self._check_free_host(filled, urlsplit(filled.value).netloc)
        return filled.value.rstrip("/")

    def authority(self, nodes: Template) -> str:
        """Host and port. A value is one label, unless its field bounds the host.

        Such a value may be a host and a path (``host_and_path``); it is then the whole authority.
        """
        domain_is_fixed = fixes_domain(nodes, self.fields)
        host, port = split_port(nodes)
        pieces = [
            node.text
            if isinstance(node, Text)
            else self._host_piece(self.fill(node), domain_is_fixed)
            for node in host
        ]
        return "".join(pieces) + (f":{self._port(port)}" if port else "")

    def _port(self, reference: Reference) -> str:
        filled = self.fill(reference)
        if filled.format != "port":
            raise malformed(f"{filled.name} stands for a port without being one")
        return filled.value

    def _host_piece(self, filled: _Filled, domain_is_fixed: bool) -> str:
        if filled.bounds_host:
            self._check_free_host(filled, filled.value.partition("/")[0])
            return filled.value.rstrip("/")
        if not domain_is_fixed:
            raise malformed(f"{filled.name} decides the domain of a URL without bounds")
        value = filled.value.lower()
        is_sound = hosts.are_labels if filled.format == "subdomains" else hosts.is_label
        if not is_sound(value):
            raise invalid(filled.name, "must be one DNS label")
        return value

    def _check_free_host(self, filled: _Filled, netloc: str) -> None:
        if self.allowed_hosts is None or not (filled.field and filled.field.self_hosted):
            return
        if not hosts.is_allowed(netloc.partition(":")[0].lower(), tuple(self.allowed_hosts)):
            raise invalid(filled.name, "names a host that the operator has not allowed")


def _tail(nodes: Template, values: _Values) -> str:
    """Path and query. Values are percent-encoded, and cannot add or climb a segment."""
    pieces: list[str] = []
    in_query = False
    for node in nodes:
        if isinstance(node, Text):
            if "#" in node.text:
                raise malformed("a URL has no fragment")
            in_query = in_query or "?" in node.text
            pieces.append(node.text)
        else:
            pieces.append(_encoded(values.fill_tail(node), in_query=in_query))
    return "".join(pieces)


def _encoded(filled: _Filled, *, in_query: bool) -> str:
    value = filled.value
    if not value.isprintable():
        raise invalid(filled.name, "must be printable")
    if in_query:
        return quote(value, safe="")
    if filled.format == "path":
        return quote(value.strip("/"), safe="/")
    if "/" in value or "\\" in value or not value.strip("."):
        raise invalid(filled.name, "must be one segment of a path")
    return quote(value, safe="")


def _verified(origin: str, tail: str) -> str:
    """The URL, once a parser has read from it just what was put together."""
    url = origin + tail
    parts, meant = urlsplit(url), urlsplit(origin)
    path, _, query = tail.partition("?")
    is_loopback = meant.scheme == "http" and meant.hostname in LOOPBACK
    is_sound = (
        (parts.scheme, parts.netloc) == (meant.scheme, meant.netloc)
        and (parts.path, parts.query, parts.fragment) == (meant.path + path, query, "")
        and "@" not in parts.netloc
        and (is_loopback or (parts.scheme == "https" and hosts.is_hostname(parts.hostname or "")))
    )
    if not is_sound:
        raise malformed("a finished URL reads differently from its template")
    return url
