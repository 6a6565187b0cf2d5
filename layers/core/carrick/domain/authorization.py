"""Begins an authorization: the flow record, the browser's binding, the URL at the provider."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from carrick import identifiers
from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import oauth2
from carrick.domain.callback_urls import callback_url_of
from carrick.domain.modes.contract import Setting, Tools
from carrick.domain.modes.redirect import Away, Departure, RedirectMode
from carrick.domain.modes.redirects import redirect_of
from carrick.domain.vault import Vault
from carrick.errors import FlowError, InvalidRequestError, NotFoundError
from carrick.models.environment import Environment, hash_token
from carrick.models.flow import Flow, FlowSecrets
from carrick.models.integration import CustomSecrets, Integration
from carrick.models.session import ConnectSession
from carrick.store.flows import FlowStore
from carrick.store.integrations import IntegrationStore
from carrick.transport.client import Transport

# Longer than a person takes to log in with a second factor, shorter than 30 minutes (RFC 9700).
LIFETIME_SECONDS = 1_200.0


@dataclass(frozen=True, slots=True)
class StartRequest:
    """What the browser brought along. An authorization parameter that is ``None`` is left out."""

    integration_id: str
    base_url: str
    params: Mapping[str, str]
    authorization_params: Mapping[str, str | None]
    ws_client_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser, and the cookie that binds it.

    ``posts_back``: the answer comes as a cross-site POST, so the cookie must go along with one.
    """

    url: str
    cookie_name: str
    cookie_value: str
    posts_back: bool


@dataclass(frozen=True, slots=True)
class Dependencies:
    integrations: IntegrationStore
    environment: Callable[[str], Environment | None]
    flows: FlowStore
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


def cookie_name(state_hash: str) -> str:
    """The name of a flow's cookie: one per attempt, so that tabs do not take each other's."""
    return f"__Host-carrick-{state_hash[:16]}"


def start_authorization(
    session: ConnectSession, request: StartRequest, deps: Dependencies
) -> Started:
    """Record the flow and say where the browser goes.

    1. the session allows the integration; it exists, is connected by redirect and has a client
    2. connection config: the session's presets over what the browser sent over a reconnected one's
    3. state and binding, fresh, stored as hashes; what the mode keeps (PKCE verifier) is sealed
    4. the flow is stored before the browser can come back

    Raises ``FlowError``; ``InvalidRequestError`` for a value that does not fit its format;
    ``ProviderError`` or ``EgressError`` where the provider is asked first and does not answer.
    """
    integration = _integration(session, request.integration_id, deps.integrations)
    provider = _provider(integration, deps.catalog)
    mode = redirect_of(provider.auth_mode)
    if mode.needs_client_id and not integration.client_id:
        raise FlowError("The integration has no client id.", code="provider_config_err")
    state, binding = identifiers.new_state(), identifiers.new_browser_binding()
    flow = _flow(session, integration, provider, request, deps)
    if not mode.sends_redirect_uri:
        flow = replace(flow, redirect_uri="", callback_integration="")
    flow = replace(
        flow,
        state_hash=hash_token(state),
        binding_hash=hash_token(binding),
    )
    departure = Departure(
        flow,
        _setting(flow, integration, provider, mode, deps),
        state,
        _chosen_params(session, integration.integration_id, request),
    )
    away = mode.begin(departure, Tools.of(departure.setting, deps.transport, deps.now))
    deps.flows.put(_with_what_is_kept(flow, away, deps.vault))
    posts_back = provider.response_mode == "form_post"
    return Started(away.url, cookie_name(flow.state_hash), binding, posts_back)


def _setting(
    flow: Flow,
    integration: Integration,
    provider: Provider,
    mode: RedirectMode,
    deps: Dependencies,
) -> Setting:
    """What the mode works with. Nothing is unsealed for one that only builds a URL."""
    is_needed = mode.begins_with_secret(provider)
    return Setting(
        provider=provider,
        integration=integration,
        client_secret=deps.vault.client_secret(integration) if is_needed else "",
        secrets=deps.vault.custom_secrets(integration) if is_needed else CustomSecrets(),
        config=flow.connection_config,
        scopes=flow.requested_scopes,
    )


def _with_what_is_kept(flow: Flow, away: Away, vault: Vault) -> Flow:
    if away.config:
        flow = replace(flow, connection_config={**flow.connection_config, **away.config})
    if away.scopes is not None:
        flow = replace(flow, requested_scopes=away.scopes)
    if away.secrets == FlowSecrets():
        return flow
    sealed = vault.seal_flow(flow.environment_id, flow.state_hash, away.secrets)
    return replace(flow, sealed_secrets=sealed)


def _integration(
    session: ConnectSession, integration_id: str, integrations: IntegrationStore
) -> Integration:
    if not session.allows(integration_id):
        raise InvalidRequestError(
            "This session may not connect that integration.", code="integration_not_allowed"
        )
    integration = integrations.get(session.environment_id, integration_id)
    if integration is None:
        raise FlowError("The integration does not exist.", code="provider_config_err")
    return integration


def _provider(integration: Integration, catalog: Catalog) -> Provider:
    try:
        return catalog.get(integration.provider)
    except NotFoundError as error:
        raise FlowError("The provider is not known.", code="unknown_config_key") from error


def _flow(
    session: ConnectSession,
    integration: Integration,
    provider: Provider,
    request: StartRequest,
    deps: Dependencies,
) -> Flow:
    """The flow, but for its state and binding."""
    environment = deps.environment(session.environment_id)
    if environment is None:
        raise FlowError("The environment does not exist.", code="provider_config_err")
    now = deps.now()
    defaults = session.defaults_for(integration.integration_id)
    reconnect = session.reconnect
    config = oauth2.flow_config(provider, session, integration, request.params)
    scopes = defaults.scopes_override
    redirect_uri = callback_url_of(integration, environment, request.base_url)
    return Flow(
        state_hash="",
        environment_id=session.environment_id,
        integration_id=integration.integration_id,
        connection_id=reconnect.connection_id if reconnect else identifiers.new_connection_id(),
        session_hash=session.token_hash,
        operation_id=session.operation_id,
        provider=provider.name,
        client_id=integration.registered_id,
        redirect_uri=redirect_uri,
        callback_integration=_path_integration(redirect_uri, request),
        binding_hash="",
        expected_issuer=provider.issuer or "",
        issuer_required=provider.iss_parameter,
        created_at=now,
        expires_at=now + LIFETIME_SECONDS,
        is_reconnect=reconnect is not None,
        connection_config=config,
        requested_scopes=scopes or integration.scopes or provider.default_scopes,
        ws_client_id=request.ws_client_id,
    )


def _path_integration(redirect_uri: str, request: StartRequest) -> str:
    """The integration that the callback's path must name; empty if the path is the customer's."""
    own = f"{request.base_url}/oauth/callback/"
    return request.integration_id if redirect_uri.startswith(own) else ""


def _chosen_params(
    session: ConnectSession, integration_id: str, request: StartRequest
) -> dict[str, str | None]:
    """A preset of the session replaces what the browser sent (contract §5.1).

    The browser is the end user's, the session is the customer's.
    """
    defaults = session.defaults_for(integration_id)
    chosen: dict[str, str | None] = dict(
        defaults.authorization_params or request.authorization_params
    )
    if defaults.user_scopes:
        chosen["user_scope"] = defaults.user_scopes
    return chosen
