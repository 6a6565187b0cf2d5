"""The URLs of a provider: the first that a connection's config can fill."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Literal

from carrick.catalog.auth_modes import OPERATOR_SECRET_MODES
from carrick.catalog.interpolation import missing, render_url
from carrick.catalog.templates import Reference, parse, references
from carrick.errors import CarrickError, FlowError

if TYPE_CHECKING:
    from carrick.catalog.schema import Provider

EndpointName = Literal[
    "authorization", "pushed_authorization_request", "token", "app_token", "refresh", "revocation",
    "introspection", "request", "registration", "api",
]  # fmt: skip


def endpoint(
    provider: "Provider",
    name: EndpointName,
    connection_config: Mapping[str, str],
    *,
    allowed_hosts: Collection[str] = (),
    credentials: Mapping[str, str] | None = None,
) -> str:
    """One URL of a provider, filled in.

    ``refresh`` is the token endpoint unless stated. A template is passed over when a value it
    needs is not given; a value that does not fit is an error at once. ``allowed_hosts`` are the
    hosts that the integration allows where the person names the host (``self_hosted``); they
    matter only if a secret of the operator's is sent there. ``credentials`` as in ``render_url``.

    Raises ``FlowError`` (``url_param_err``) naming what the first template lacks,
    ``InvalidRequestError`` (``invalid_connection_config``), or ``CarrickError``
    (``no_such_endpoint``) when the entry has none.
    """
    candidates = templates(provider, name)
    if not candidates:
        raise CarrickError(f"{provider.name} has no {name} endpoint.", code="no_such_endpoint")
    bounded_by = bounds(provider, allowed_hosts)
    lacking: list[FlowError] = []
    for template in candidates:
        absent = _first_absent(template, connection_config, credentials or {})
        if absent is None:
            return render_url(
                template,
                connection_config=connection_config,
                fields=provider.connection_config,
                allowed_hosts=bounded_by,
                credentials=credentials,
            )
        lacking.append(missing(absent))
    raise lacking[0]


def bounds(provider: "Provider", allowed_hosts: Collection[str]) -> Collection[str] | None:
    """``render_url``'s ``allowed_hosts`` for any URL of an entry: ``None`` where nothing of the
    operator's is sent."""
    return allowed_hosts if carries_operators_secret(provider) else None


def carries_operators_secret(provider: "Provider") -> bool:
    """Whether requests may hold a secret of the operator's, whose hosts the operator must allow."""
    has_own = any(field.secret for field in provider.integration_config.values())
    return has_own or provider.auth_mode in OPERATOR_SECRET_MODES


def templates(provider: "Provider", name: EndpointName) -> tuple[str, ...]:
    """The URL templates of an endpoint, best first; none if there is no such one."""
    if name == "api":
        first, others = provider.api.base_url, provider.api.base_url_fallbacks
    elif name == "refresh" and provider.refresh_url:
        first, others = provider.refresh_url, ()
    else:
        key = "token" if name == "refresh" else name
        first = getattr(provider, f"{key}_url")
        others = getattr(provider, f"{key}_url_fallbacks", ())
    return (first, *others) if first else tuple(others)


def _first_absent(
    template: str, connection_config: Mapping[str, str], credentials: Mapping[str, str]
) -> Reference | None:
    for ref in references(parse(template)):
        values = connection_config if ref.namespace == "connectionConfig" else credentials
        if not values.get(ref.name):
            return ref
    return None
