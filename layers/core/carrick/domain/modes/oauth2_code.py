"""OAUTH2: tokens of the authorization code flow, renewed by refresh token (RFC 6749 §6)."""

from collections.abc import Mapping
from dataclasses import dataclass

from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.errors import InvalidRequestError, ProviderError, RefreshError
from carrick.models.credentials import Credentials
from carrick.oauth.token import TokenSet, build_refresh_request, process_token_response


@dataclass(frozen=True, slots=True)
class OAuth2Code:
    """The first tokens come with the browser (``domain.completion``), not from a form."""

    failure_code: str = ProviderError.code

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
    account_id = oauth2.account_id_of(provider, tokens, {**said, **config})
    return Obtained(credentials.within_bounds(), said, scopes, account_id)
