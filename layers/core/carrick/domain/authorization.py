"""Begins an authorization: the flow record, the browser's binding, the URL at the provider."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from carrick import identifiers
from carrick.catalog import Catalog
from carrick.catalog.endpoints import endpoint
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import oauth2
from carrick.domain.callback_urls import callback_url_of
from carrick.domain.vault import Vault
from carrick.errors import FlowError, InvalidRequestError, NotFoundError
from carrick.models.environment import Environment, hash_token
from carrick.models.flow import Flow, FlowSecrets
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession
from carrick.oauth.authorization import AuthorizationRequest, build_authorization_url
from carrick.oauth.pkce import code_challenge
from carrick.store.flows import FlowStore
from carrick.store.integrations import IntegrationStore

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
    now: Clock


def cookie_name(state_hash: str) -> str:
    """The name of a flow's cookie: one per attempt, so that tabs do not take each other's."""
    return f"__Host-carrick-{state_hash[:16]}"


def start_authorization(
    session: ConnectSession, request: StartRequest, deps: Dependencies
) -> Started:
    """Record the flow and say where the browser goes.

    1. the session allows the integration; it exists, is OAuth 2 and has a client
    2. connection config: the session's presets over what the browser sent over a reconnected one's;
       nobody is sent away to approve what could not be exchanged afterwards
    3. state, binding and PKCE verifier, fresh; stored as hashes or sealed
    4. the flow is stored before the browser can come back

    Raises ``FlowError``; ``InvalidRequestError`` for a value that does not fit its format.
    """
    integration = _integration(session, request.integration_id, deps.integrations)
    provider = _provider(integration, deps.catalog)
    state, binding = identifiers.new_state(), identifiers.new_browser_binding()
    flow = replace(
        _flow(session, integration, provider, request, deps),
        state_hash=hash_token(state),
        binding_hash=hash_token(binding),
    )
    verifier = identifiers.new_code_verifier() if provider.pkce else ""
    if verifier:
        sealed = deps.vault.seal_flow(
            flow.environment_id, flow.state_hash, FlowSecrets(code_verifier=verifier)
        )
        flow = replace(flow, sealed_secrets=sealed)
    url = _authorization_url(session, provider, flow, state, verifier, request, integration)
    if not provider.redirect_uri_metadata:  # with it, the answer may bring what is missing now
        oauth2.token_endpoint(
            provider, flow.connection_config, allowed_hosts=integration.allowed_hosts
        )
    deps.flows.put(flow)
    return Started(
        url, cookie_name(flow.state_hash), binding, provider.response_mode == "form_post"
    )


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
    if not integration.client_id:
        raise FlowError("The integration has no client id.", code="provider_config_err")
    return integration


def _provider(integration: Integration, catalog: Catalog) -> Provider:
    try:
        provider = catalog.get(integration.provider)
    except NotFoundError as error:
        raise FlowError("The provider is not known.", code="unknown_config_key") from error
    if provider.auth_mode != "OAUTH2":
        raise FlowError("This integration is not connected by OAuth 2.", code="auth_mode_err")
    return provider


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
        client_id=integration.client_id,
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


def _authorization_url(
    session: ConnectSession,
    provider: Provider,
    flow: Flow,
    state: str,
    verifier: str,
    request: StartRequest,
    integration: Integration,
) -> str:
    defaults = session.defaults_for(flow.integration_id)
    # A preset of the session replaces what the browser sent (contract §5.1): the browser is the
    # end user's, the session is the customer's.
    chosen: Mapping[str, str | None] = (
        dict(defaults.authorization_params)
        if defaults.authorization_params
        else dict(request.authorization_params)
    )
    # What is asked for is recorded with the flow, so scopes have one way in (``scopes_override``).
    scope_names = {"scope", provider.param_renames.get("scope", "").casefold()}
    chosen = {
        name: value for name, value in chosen.items() if name.strip().casefold() not in scope_names
    }
    if defaults.user_scopes:
        chosen = {**chosen, "user_scope": defaults.user_scopes}
    provider_params = oauth2.rendered(provider.authorization_params, flow.connection_config)
    if provider.response_mode == "form_post":
        provider_params = {**provider_params, "response_mode": "form_post"}
    return build_authorization_url(
        AuthorizationRequest(
            # Nothing secret goes there, but what the token endpoint would refuse is refused now.
            endpoint=endpoint(
                provider,
                "authorization",
                flow.connection_config,
                allowed_hosts=integration.allowed_hosts,
            ),
            client_id=flow.client_id,
            redirect_uri=flow.redirect_uri,
            state=state,
            scopes=flow.requested_scopes,
            scope_separator=provider.scope_separator,
            code_challenge=code_challenge(verifier) if verifier else None,
            provider_params=provider_params,
            session_params=chosen,
            fragment=provider.authorization_fragment,
            skip_empty=provider.authorization_skip_empty,
            scope_unencoded=provider.authorization_scope_unencoded,
            param_renames=provider.param_renames,
        )
    )
