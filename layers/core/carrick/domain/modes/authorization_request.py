"""Where the browser goes for an authorization code: by URL, or by a request pushed beforehand."""

from carrick.catalog.endpoints import endpoint
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.contract import Tools
from carrick.domain.modes.placeholders import rendered, values_of
from carrick.domain.modes.redirect import AuthorizationParams, Departure
from carrick.domain.token_requests import Asker, ask
from carrick.errors import ProviderError
from carrick.models.flow import FlowSecrets
from carrick.oauth.authorization import AuthorizationRequest, build_authorization_url
from carrick.oauth.dpop import thumbprint
from carrick.oauth.pkce import code_challenge
from carrick.oauth.pushed_authorization import (
    build_pushed_authorization_url,
    build_pushed_request,
    process_pushed_response,
)

PUSH_SECONDS = 10.0
MAX_PUSH_BYTES = 64 * 1024


def url_of(departure: Departure, secrets: FlowSecrets, tools: Tools) -> str:
    """The URL for the browser. Asks the provider where the entry says so (RFC 9126).

    Raises ``FlowError`` or ``InvalidRequestError`` for what the URL lacks; ``ProviderError``
    (``request_token_external_error``) or ``EgressError`` where the provider is asked.
    """
    request = _request(departure, secrets, tools.now())
    if not departure.setting.provider.pushed_authorization_request_url:
        return build_authorization_url(request)
    try:
        return build_pushed_authorization_url(request, _pushed(request, departure, tools))
    except ProviderError as error:
        if error.code == ProviderError.code:  # says "refresh", and this was none
            error.code = "request_token_external_error"
        raise


def _pushed(request: AuthorizationRequest, departure: Departure, tools: Tools) -> str:
    """What stands for the request at the provider."""
    setting, flow = departure.setting, departure.flow
    config, hosts = flow.connection_config, setting.integration.allowed_hosts
    url = endpoint(setting.provider, "pushed_authorization_request", config, allowed_hosts=hosts)
    token_url = oauth2.token_endpoint(setting.provider, config, allowed_hosts=hosts).url
    # Without a proof: the key is named in the parameters (RFC 9449 §10.1).
    asker = Asker(setting.provider, flow.client_id, setting.client_secret, token_url)
    asked_at = tools.now()
    answer = ask(
        lambda client: build_pushed_request(url, client, request),
        asker,
        tools,
        seconds=PUSH_SECONDS,
        max_body_bytes=MAX_PUSH_BYTES,
    )
    return process_pushed_response(answer, asked_at)


def _request(departure: Departure, secrets: FlowSecrets, now: float) -> AuthorizationRequest:
    setting, flow = departure.setting, departure.flow
    provider, verifier = setting.provider, secrets.code_verifier
    return AuthorizationRequest(
        # Nothing secret goes there, but what the token endpoint would refuse is refused now.
        endpoint=endpoint(
            provider,
            "authorization",
            flow.connection_config,
            allowed_hosts=setting.integration.allowed_hosts,
        ),
        client_id=flow.client_id,
        redirect_uri=flow.redirect_uri,
        state=departure.state,
        scopes=flow.requested_scopes,
        scope_separator=provider.scope_separator,
        code_challenge=code_challenge(verifier) if verifier else None,
        provider_params=_provider_params(departure, secrets, now),
        session_params=_without_scope(departure.authorization_params, provider),
        fragment=provider.authorization_fragment,
        skip_empty=provider.authorization_skip_empty,
        scope_unencoded=provider.authorization_scope_unencoded,
        param_renames=provider.param_renames,
        # The entry's alone; the catalog takes no other than names of the code flow.
        response_type=provider.authorization_params.get("response_type", "code"),
    )


def _provider_params(departure: Departure, secrets: FlowSecrets, now: float) -> dict[str, str]:
    setting, config = departure.setting, departure.flow.connection_config
    provider = setting.provider
    # What is required is there by now; what an optional field leaves open is not sent.
    params = rendered(provider.authorization_params, values_of(setting, {}, now=now))
    if provider.response_mode == "form_post":
        params["response_mode"] = "form_post"
    params |= oauth2.resource_of(provider, config)
    if secrets.dpop_key:
        params["dpop_jkt"] = thumbprint(secrets.dpop_key)
    return params


def _without_scope(params: AuthorizationParams, provider: Provider) -> dict[str, str | None]:
    """What is asked for is recorded with the flow: scopes have one way in (``scopes_override``)."""
    names = {"scope", provider.param_renames.get("scope", "").casefold()}
    return {name: value for name, value in params.items() if name.strip().casefold() not in names}
