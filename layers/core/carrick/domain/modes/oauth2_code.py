"""OAUTH2: tokens of the authorization code flow, renewed by refresh token (RFC 6749 §4.1, §6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from carrick import identifiers
from carrick.catalog.endpoints import endpoint
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.redirect import Arrival, AuthorizationParams, Away, Departure
from carrick.errors import InvalidRequestError, ProviderError, RefreshError
from carrick.models.credentials import Credentials
from carrick.models.flow import FlowSecrets
from carrick.oauth.authorization import (
    AuthorizationRequest,
    build_authorization_url,
    process_authorization_response,
)
from carrick.oauth.pkce import code_challenge
from carrick.oauth.token import (
    TokenSet,
    build_code_request,
    build_refresh_request,
    process_token_response,
)

EXCHANGE_SECONDS = 15.0
# The tokens in it must fit an item of 400 KB. Real answers stay below 20 KB.
MAX_EXCHANGE_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class OAuth2Code:
    """The first tokens come by redirect, not from a form."""

    failure_code: str = ProviderError.code
    needs_client_id: bool = True
    sends_redirect_uri: bool = True

    def begins_with_secret(self, provider: Provider) -> bool:
        return False

    def begin(self, departure: Departure, tools: Tools) -> Away:
        """The authorization endpoint, with PKCE where the entry takes it (RFC 7636)."""
        provider, flow = departure.setting.provider, departure.flow
        verifier = identifiers.new_code_verifier() if provider.pkce else ""
        url = _authorization_url(departure, verifier)
        if not provider.redirect_uri_metadata:  # with it, the answer may bring what is missing now
            # Nobody is sent away to approve what could not be exchanged afterwards.
            oauth2.token_endpoint(
                provider,
                flow.connection_config,
                allowed_hosts=departure.setting.integration.allowed_hosts,
            )
        return Away(url, FlowSecrets(code_verifier=verifier))

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        """The tokens for the code (RFC 6749 §4.1.3), if ``iss`` matches and it is no ``error``."""
        flow, setting = arrival.flow, arrival.setting
        provider = setting.provider
        answer = process_authorization_response(
            arrival.callback,
            code_param=provider.code_param,
            expected_issuer=flow.expected_issuer or None,
            issuer_required=flow.issuer_required,
        )
        request = build_code_request(
            oauth2.token_endpoint(
                provider,
                {**oauth2.callback_metadata(provider, arrival.callback), **setting.config},
                allowed_hosts=setting.integration.allowed_hosts,
            ),
            oauth2.client_of(provider, flow.client_id, setting.client_secret),
            code=answer.code,
            redirect_uri=flow.redirect_uri,
            code_verifier=arrival.secrets.code_verifier or None,
        )
        asked_at = tools.now()
        response = tools.transport.send(
            request, deadline_seconds=EXCHANGE_SECONDS, max_body_bytes=MAX_EXCHANGE_BYTES
        )
        tokens = process_token_response(response, oauth2.token_rules(provider), now=asked_at)
        said = oauth2.metadata_of(provider, tokens, arrival.callback)
        return obtained(provider, tokens, said, config=setting.config)

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        raise InvalidRequestError(
            "This integration is connected by redirect.", code="invalid_auth_mode"
        )

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return bool(credentials.refresh_token) and provider.refresh_supported

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        if not credentials.refresh_token:
            raise RefreshError("There is no refresh token.", code="missing_refresh_token")
        override = credentials.values.get("config_override") or {}
        client = oauth2.client_of(
            setting.provider,
            override.get("client_id") or setting.integration.client_id,
            override.get("client_secret") or setting.client_secret,
        )
        endpoint = oauth2.refresh_endpoint(
            setting.provider, setting.config, allowed_hosts=setting.integration.allowed_hosts
        )
        request = build_refresh_request(endpoint, client, refresh_token=credentials.refresh_token)
        asked_at = tools.now()
        answer = tools.ask(request)
        tokens = process_token_response(
            answer,
            oauth2.token_rules(setting.provider),
            now=asked_at,
            previous_refresh_token=credentials.refresh_token,
        )
        return obtained(setting.provider, tokens, {}, config=setting.config, override=override)


def obtained(
    provider: Provider,
    tokens: TokenSet,
    said: Mapping[str, str | bool],
    *,
    config: Mapping[str, str],
    override: Mapping[str, str] | None = None,
) -> Obtained:
    """What a good token answer gives. ``config`` is what the account may be known by."""
    credentials = oauth2.credentials_of(tokens, override or {})
    scopes = None if tokens.scope is None else oauth2.granted_scopes(tokens, ())
    account_id = oauth2.account_id_of(provider, tokens.raw, {**said, **config})
    return Obtained(credentials.within_bounds(), said, scopes, account_id)


def _authorization_url(departure: Departure, verifier: str) -> str:
    setting, flow = departure.setting, departure.flow
    provider = setting.provider
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
                allowed_hosts=setting.integration.allowed_hosts,
            ),
            client_id=flow.client_id,
            redirect_uri=flow.redirect_uri,
            state=departure.state,
            scopes=flow.requested_scopes,
            scope_separator=provider.scope_separator,
            code_challenge=code_challenge(verifier) if verifier else None,
            provider_params=provider_params,
            session_params=_without_scope(departure.authorization_params, provider),
            fragment=provider.authorization_fragment,
            skip_empty=provider.authorization_skip_empty,
            scope_unencoded=provider.authorization_scope_unencoded,
            param_renames=provider.param_renames,
        )
    )


def _without_scope(params: AuthorizationParams, provider: Provider) -> dict[str, str | None]:
    """What is asked for is recorded with the flow: scopes have one way in (``scopes_override``)."""
    names = {"scope", provider.param_renames.get("scope", "").casefold()}
    return {name: value for name, value in params.items() if name.strip().casefold() not in names}
