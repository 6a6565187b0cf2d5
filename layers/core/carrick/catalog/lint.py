"""What the schema cannot say about an entry alone: how its parts fit together.

Run when the index is built, and on every file of an overlay.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from carrick.catalog.authority import fixes_domain, is_host, split_authority, split_port
from carrick.catalog.endpoints import EndpointName, templates
from carrick.catalog.formats import HOST_LABEL_FORMATS, PATH_FORMATS
from carrick.catalog.inputs import checked
from carrick.catalog.known_values import Known
from carrick.catalog.quirks import ADMIN_CONSENT, CREDENTIAL_IN_URL, OPENS_SESSION, QUIRKS
from carrick.catalog.templates import Reference, Template, Text, parse, references
from carrick.errors import CarrickError
from carrick.models.revocation import REVOCABLE

if TYPE_CHECKING:
    from carrick.catalog.schema import InputField, Provider

RESERVED_PARAMS = frozenset(
    {"client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"}
)
"""Parameters of the authorization request that the flow sets; an entry cannot."""

RESPONSE_TYPES = frozenset({"code", "code id_token", "auth_code"})
"""No implicit flow (RFC 9700 §2.1.2). The last is Follow Up Boss's name for the code flow."""

_INPUTS = ("connection_config", "credentials", "integration_config", "assertion_option")


def problems(provider: "Provider") -> list[str]:
    """Everything that is wrong with an entry, as sentences that begin with the key."""
    return [
        *_url_problems(provider),
        *Known(provider).problems(),
        *_parameter_problems(provider),
        *_input_problems(provider),
        *_deletion_problems(provider),
        *_installation_problems(provider),
        *_quirk_problems(provider),
    ]


def _installation_problems(provider: "Provider") -> Iterator[str]:
    webhooks = provider.webhooks
    if webhooks is not None and webhooks.signature_header:
        if webhooks.signature_header not in webhooks.headers:
            yield "webhooks.signature_header: is none of headers"
        if not (webhooks.keyed and webhooks.algorithm and webhooks.encoding):
            yield "webhooks.signature_header: needs algorithm and encoding, and a key"
    if provider.installation == "outbound":
        if not (provider.webhook_code_path and provider.webhook_match):
            yield "installation: needs webhook_code_path and webhook_match"
        if webhooks is None or not webhooks.signature_header:
            yield "installation: needs webhooks.signature_header"


def url_templates(provider: "Provider") -> Iterator[tuple[str, str]]:
    """Every URL template that connection config fills, with the name of its endpoint."""
    for name in get_args(EndpointName):
        if name != "refresh" or provider.refresh_url:
            for template in templates(provider, name):
                yield name, template


def _url_problems(provider: "Provider") -> Iterator[str]:
    for name, template in url_templates(provider):
        nodes = parse(template)
        used = [ref for ref in references(nodes) if ref.namespace == "connectionConfig"]
        outside = [ref for ref in references(nodes) if ref.namespace != "connectionConfig"]
        undeclared = [ref for ref in used if ref.name not in provider.connection_config]
        if CREDENTIAL_IN_URL not in provider.quirks:
            yield from (f"{name}: {ref} cannot stand in a URL" for ref in outside)
        yield from (f"{name}: {ref} is not declared" for ref in undeclared)
        if not undeclared:
            yield from (f"{name}: {problem}" for problem in _host_problems(nodes, provider))
            yield from (f"{name}: {problem}" for problem in _tail_problems(nodes, provider))


def _host_problems(nodes: Template, provider: "Provider") -> Iterator[str]:
    if isinstance(nodes[0], Reference):
        field = provider.connection_config.get(nodes[0].name)
        if field is None or field.format != "url" or not field.bounds_host:
            yield f"{nodes[0]} is a whole URL: it needs format url, and hosts or self_hosted"
        return
    authority = split_authority(nodes)[1]
    if not any(references(authority)) and not is_host(authority):
        yield "there is no such host"
    host, port = split_port(authority)
    if port and not _is_port_field(port, provider):
        yield f"{port} is a port: it needs format port"
    for ref in references(host):
        if ref.namespace != "connectionConfig":
            yield f"{ref} cannot stand in a host"
        else:
            yield from _label_problems(ref, host, provider)


def _is_port_field(port: Reference, provider: "Provider") -> bool:
    field = provider.connection_config.get(port.name)
    return port.namespace == "connectionConfig" and field is not None and field.format == "port"


def _label_problems(ref: Reference, host: Template, provider: "Provider") -> Iterator[str]:
    field = provider.connection_config[ref.name]
    has_path = field.format == "host_and_path" or any("/" in value for value in field.enum)
    if has_path and len(host) > 1:
        yield f"{ref} holds a path: it must be the whole host"
    if field.bounds_host:
        return
    if not fixes_domain(host, provider.connection_config):
        yield f"{ref} decides the domain: it needs an enum, hosts or self_hosted"
    elif field.format not in HOST_LABEL_FORMATS | {"subdomains"}:
        yield f"{ref} stands in a host: its format must be that of a DNS label"


def _tail_problems(nodes: Template, provider: "Provider") -> Iterator[str]:
    tail = nodes[1:] if isinstance(nodes[0], Reference) else split_authority(nodes)[2]
    in_query = False
    for node in tail:
        in_query = in_query or (isinstance(node, Text) and "?" in node.text)
        if isinstance(node, Reference) and node.namespace == "connectionConfig":
            field = provider.connection_config[node.name]
            if in_query and field.secret:
                yield f"{node} is a secret and stands in a query"
            if not in_query and field.format not in PATH_FORMATS:
                yield f"{node} stands in a path: {field.format} is no format for that"


def _parameter_problems(provider: "Provider") -> Iterator[str]:
    for name in sorted(RESERVED_PARAMS & provider.authorization_params.keys()):
        yield f"authorization_params.{name}: the flow sets this"
    if provider.authorization_params.get("response_type", "code") not in RESPONSE_TYPES:
        yield "authorization_params.response_type: only the code flow exists"


def _quirk_problems(provider: "Provider") -> Iterator[str]:
    yield from (f"quirks: nothing implements {q}" for q in provider.quirks if q not in QUIRKS)
    if OPENS_SESSION in provider.quirks and len(provider.additional_steps) != 1:
        yield f"quirks: {OPENS_SESSION} needs one of additional_steps, the login"
    if ADMIN_CONSENT in provider.quirks and "tenantId" not in provider.connection_config:
        yield f"quirks: {ADMIN_CONSENT} needs connection_config.tenantId"


def _deletion_problems(provider: "Provider") -> Iterator[str]:
    if provider.deletion and provider.revocation_url:
        yield "deletion: the revocation endpoint is called already"
    if provider.deletion and provider.auth_mode not in REVOCABLE:
        yield f"deletion: nothing is kept of a connection of {provider.auth_mode}"


def _input_problems(provider: "Provider") -> Iterator[str]:
    for key in _INPUTS:
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
