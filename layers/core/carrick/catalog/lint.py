"""What the schema cannot say about an entry alone: how its parts fit together.

Run when the index is built, and on every file of an overlay.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from carrick.catalog.endpoints import EndpointName, templates
from carrick.catalog.formats import HOST_LABEL_FORMATS, PATH_FORMATS
from carrick.catalog.inputs import checked
from carrick.catalog.interpolation import fixed_suffix, fixes_domain, is_host, split_authority
from carrick.catalog.templates import Reference, Template, Text, parse, references
from carrick.errors import CarrickError

if TYPE_CHECKING:
    from carrick.catalog.schema import InputField, Provider

IMPLEMENTED_QUIRKS: frozenset[str] = frozenset()
"""Quirks that code exists for."""

RESERVED_PARAMS = frozenset(
    {"client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"}
)
"""Parameters of the authorization request that the flow sets; an entry cannot."""

RESPONSE_TYPES = frozenset({"code", "code id_token"})
"""No implicit flow (RFC 9700 §2.1.2)."""

_TEMPLATE_MAPS = (
    "authorization_params", "token_params", "token_headers", "refresh_params", "refresh_headers",
)  # fmt: skip


def problems(provider: "Provider") -> list[str]:
    """Everything that is wrong with an entry, as sentences that begin with the key."""
    return [
        *_url_problems(provider),
        *_parameter_problems(provider),
        *_input_problems(provider),
        *(
            f"quirks: nothing implements {q}"
            for q in provider.quirks
            if q not in IMPLEMENTED_QUIRKS
        ),
    ]


def url_templates(provider: "Provider") -> Iterator[tuple[str, str]]:
    """Every URL template that connection config fills, with the name of its endpoint."""
    for name in get_args(EndpointName):
        if name != "refresh" or provider.refresh_url:
            for template in templates(provider, name):
                yield name, template


def _url_problems(provider: "Provider") -> Iterator[str]:
    for name, template in url_templates(provider):
        nodes = parse(template)
        outside = [ref for ref in references(nodes) if ref.namespace != "connectionConfig"]
        undeclared = [
            ref for ref in references(nodes) if ref.name not in provider.connection_config
        ]
        yield from (f"{name}: {ref} cannot stand in a URL" for ref in outside)
        yield from (f"{name}: {ref} is not declared" for ref in undeclared if ref not in outside)
        if not outside and not undeclared:
            yield from (f"{name}: {problem}" for problem in _host_problems(nodes, provider))
            yield from (f"{name}: {problem}" for problem in _tail_problems(nodes, provider))


def _host_problems(nodes: Template, provider: "Provider") -> Iterator[str]:
    if isinstance(nodes[0], Reference):
        field = provider.connection_config[nodes[0].name]
        if field.format != "url" or not field.bounds_host:
            yield f"{nodes[0]} is a whole URL: it needs format url, and hosts or self_hosted"
        return
    authority = split_authority(nodes)[1]
    if not any(references(authority)) and not is_host(authority):
        yield "there is no such host"
    for ref in references(authority):
        field = provider.connection_config[ref.name]
        if field.bounds_host:
            continue
        if not fixes_domain(fixed_suffix(authority)):
            yield f"{ref} decides the domain: it needs an enum, hosts or self_hosted"
        elif field.format not in HOST_LABEL_FORMATS | {"subdomains"}:
            yield f"{ref} stands in a host: its format must be that of a DNS label"


def _tail_problems(nodes: Template, provider: "Provider") -> Iterator[str]:
    tail = nodes[1:] if isinstance(nodes[0], Reference) else split_authority(nodes)[2]
    in_query = False
    for node in tail:
        in_query = in_query or (isinstance(node, Text) and "?" in node.text)
        if isinstance(node, Reference):
            field = provider.connection_config[node.name]
            if in_query and field.secret:
                yield f"{node} is a secret and stands in a query"
            if not in_query and field.format not in PATH_FORMATS:
                yield f"{node} stands in a path: {field.format} is no format for that"


def _parameter_problems(provider: "Provider") -> Iterator[str]:
    known = {
        *provider.connection_config,
        *provider.token_response_metadata,
        *provider.redirect_uri_metadata,
        *provider.webhook_metadata,
        *(name for lookup in provider.post_connection for name in lookup.sets),
    }
    for key in _TEMPLATE_MAPS:
        for name, template in getattr(provider, key).items():
            for ref in references(parse(template)):
                if ref.namespace == "connectionConfig" and ref.name not in known:
                    yield f"{key}.{name}: {ref} is not declared"
    for name in RESERVED_PARAMS & provider.authorization_params.keys():
        yield f"authorization_params.{name}: the flow sets this"
    if provider.authorization_params.get("response_type", "code") not in RESPONSE_TYPES:
        yield "authorization_params.response_type: only the code flow exists"


def _input_problems(provider: "Provider") -> Iterator[str]:
    for key in ("connection_config", "credentials", "integration_config", "assertion_option"):
        inputs: dict[str, InputField] = getattr(provider, key)
        for name, field in inputs.items():
            yield from (f"{key}.{name}.{problem}" for problem in _field_problems(name, field))


def _field_problems(name: str, field: "InputField") -> Iterator[str]:
    samples: dict[str, Any] = {"default": field.default, "example": field.example}
    for key, value in samples.items():
        if value:
            try:
                checked(name, field, value)
            except CarrickError as error:
                yield f"{key}: {error.message}"
    if field.secret and field.example:
        yield "example: a secret has none"
    if not (field.title or field.hidden or field.automated):
        yield "title: people are asked for this"
