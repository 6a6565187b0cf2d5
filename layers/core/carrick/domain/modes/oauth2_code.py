"""OAUTH2: tokens of the authorization code flow, renewed by refresh token (RFC 6749 §4.1, §6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carrick import identifiers
from carrick.catalog.schema import Provider
from carrick.crypto.proof_keys import new_proof_key
from carrick.domain import oauth2
from carrick.domain.modes.admin_consent import (
    build_client_request,
    check_tenant,
    is_consented_by_admin,
)
from carrick.domain.modes.authorization_request import url_of
from carrick.domain.modes.contract import (
    MAX_ANSWER_BYTES,
    PROVIDER_SECONDS,
    Obtained,
    Setting,
    Submitted,
    Tools,
)
from carrick.domain.modes.further_tokens import (
    LEAST_SECONDS,
    with_further_tokens,
    with_renewed_tokens,
)
from carrick.domain.modes.opened_session import (
    LOGIN_SECONDS,
    opens_session,
    reopened,
    session_of,
)
from carrick.domain.modes.redirect import Arrival, Away, Departure
from carrick.domain.token_requests import Asker, ask
from carrick.errors import EgressFailedError, InvalidRequestError, ProviderError, RefreshError
from carrick.models.credentials import Credentials
from carrick.models.flow import FlowSecrets
from carrick.models.http import OutboundRequest
from carrick.oauth.authorization import process_authorization_response
from carrick.oauth.client_auth import Client
from carrick.oauth.token import (
    TokenRules,
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
        return bool(provider.pushed_authorization_request_url)

    def begin(self, departure: Departure, tools: Tools) -> Away:
        """The authorization endpoint, with PKCE where the entry takes it (RFC 7636).

        The parameters are pushed where the entry says so (RFC 9126); ``DPoP`` tokens are bound to a
        key of this flow's own (RFC 9449).
        """
        provider, flow = departure.setting.provider, departure.flow
        secrets = FlowSecrets(
            code_verifier=identifiers.new_code_verifier() if provider.pkce else "",
            dpop_key=new_proof_key() if provider.dpop else {},
        )
        if not provider.redirect_uri_metadata:  # with it, the answer may bring what is missing now
            # Nobody is sent away to approve what could not be exchanged afterwards.
            oauth2.token_endpoint(
                provider,
                flow.connection_config,
                allowed_hosts=departure.setting.integration.allowed_hosts,
            )
        return Away(url_of(departure, secrets, tools), secrets)

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
        by_admin = is_consented_by_admin(provider)
        if by_admin:
            check_tenant(answer.code, setting.config)
        endpoint = oauth2.token_endpoint(
            provider,
            {**oauth2.callback_metadata(provider, arrival.callback), **setting.config},
            allowed_hosts=setting.integration.allowed_hosts,
        )
        asked_at, key = tools.now(), arrival.secrets.dpop_key

        def request(client: Client) -> OutboundRequest:
            if by_admin:
                return build_client_request(endpoint, client)
            return build_code_request(
                endpoint,
                client,
                code=answer.code,
                redirect_uri=flow.redirect_uri,
                code_verifier=arrival.secrets.code_verifier or None,
            )

        response = ask(
            request,
            Asker(provider, flow.client_id, setting.client_secret, endpoint.url, key),
            tools,
            seconds=EXCHANGE_SECONDS,
            max_body_bytes=MAX_EXCHANGE_BYTES,
        )
        tokens = process_token_response(response, oauth2.token_rules(provider), now=asked_at)
        if opens_session(provider):
            tokens = session_of(tokens, setting, tools, seconds=LOGIN_SECONDS)
        said = oauth2.metadata_of(provider, tokens, arrival.callback)
        given = obtained(provider, tokens, said, config=setting.config, dpop_key=key)
        credentials = with_further_tokens(given.credentials, provider, now=asked_at)
        return replace(given, credentials=credentials.within_bounds())

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        raise InvalidRequestError(
            "This integration is connected by redirect.", code="invalid_auth_mode"
        )

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        if is_consented_by_admin(provider):
            return True
        return bool(credentials.refresh_token) and provider.refresh_supported

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        by_admin = is_consented_by_admin(setting.provider)
        if not credentials.refresh_token and not by_admin:
            raise RefreshError("There is no refresh token.", code="missing_refresh_token")
        override = credentials.values.get("config_override") or {}
        endpoint_of = oauth2.token_endpoint if by_admin else oauth2.refresh_endpoint
        endpoint = endpoint_of(
            setting.provider, setting.config, allowed_hosts=setting.integration.allowed_hosts
        )
        key = credentials.values.get("dpop_key") or {}
        asker = Asker(
            setting.provider,
            override.get("client_id") or setting.integration.client_id,
            override.get("client_secret") or setting.client_secret,
            endpoint.url,
            key,
        )

        def refreshed(refresh_token: str, rules: TokenRules, until: float) -> TokenSet:
            asked_at = tools.now()
            if until - asked_at < LEAST_SECONDS:
                raise EgressFailedError("There is no time left to ask.", maybe_sent=False)
            answer = ask(
                lambda client: (
                    build_client_request(endpoint, client)
                    if by_admin
                    else build_refresh_request(endpoint, client, refresh_token=refresh_token)
                ),
                asker,
                tools,
                seconds=until - asked_at,
                max_body_bytes=MAX_ANSWER_BYTES,
            )
            return process_token_response(
                answer, rules, now=asked_at, previous_refresh_token=refresh_token
            )

        asked_at = tools.now()
        until = asked_at + PROVIDER_SECONDS
        rules = oauth2.token_rules(setting.provider)
        tokens = refreshed(credentials.refresh_token or "", rules, until)
        if opens_session(setting.provider):
            tokens = reopened(tokens, credentials, setting, tools, until=until)
        fresh = obtained(
            setting.provider, tokens, {}, config=setting.config, override=override, dpop_key=key
        )
        both = with_renewed_tokens(
            fresh.credentials, credentials, setting.provider, refreshed, now=asked_at, until=until
        )
        return replace(fresh, credentials=both.within_bounds())


def obtained(
    provider: Provider,
    tokens: TokenSet,
    said: Mapping[str, str | bool],
    *,
    config: Mapping[str, str],
    override: Mapping[str, str] | None = None,
    dpop_key: Mapping[str, str] | None = None,
) -> Obtained:
    """What a good token answer gives. ``config`` is what the account may be known by."""
    credentials = oauth2.credentials_of(tokens, override or {}, dpop_key=dpop_key)
    scopes = None if tokens.scope is None else oauth2.granted_scopes(tokens, ())
    account_id = oauth2.account_id_of(provider, tokens.raw, {**said, **config})
    return Obtained(credentials, said, scopes, account_id)
