"""OAUTH2_CC: a client of the person's own, exchanged for tokens (RFC 6749 §4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carrick import identifiers
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.api_requests import presenting
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.verification import verify
from carrick.errors import InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.oauth.client_auth import Client, ClientAuthMethod, client_assertion
from carrick.oauth.token import build_endpoint_request, process_token_response

# Assumed when the answer does not say (contract §6.1).
LIFETIME_SECONDS = 55 * 60
KEPT = ("client_id", "client_secret", "client_certificate", "client_private_key")


@dataclass(frozen=True, slots=True)
class ClientCredentialsGrant:
    """Asked for again whenever the token ends: there is no refresh token."""

    failure_code: str = "client_credentials_fetch_error"

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        if not submitted.get("client_id"):
            raise InvalidRequestError("client_id is missing.", code="missing_client_id")
        if _has_secret(setting.provider) and not submitted.get("client_secret"):
            raise InvalidRequestError("client_secret is missing.", code="missing_client_secret")
        kept = {name: submitted[name] for name in KEPT if submitted.get(name)}
        obtained = self._ask(kept, setting, tools)
        verify(obtained.credentials, setting, tools)
        return obtained

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return True

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        kept = {name: credentials.values[name] for name in KEPT if name in credentials.values}
        return self._ask(kept, setting, tools)

    def _ask(self, kept: dict[str, str], setting: Setting, tools: Tools) -> Obtained:
        provider = setting.provider
        grant = {"grant_type": provider.token_params.get("grant_type", "client_credentials")}
        # What the person wrote for this connection comes before what the integration asks for.
        scope = setting.config.get("oauth_scopes") or provider.scope_separator.join(setting.scopes)
        if scope:
            grant["scope"] = scope
        # The secret is the person's own, so it may go to the person's own host.
        endpoint = oauth2.token_endpoint(
            provider, setting.config, allowed_hosts=setting.integration.allowed_hosts
        )
        asked_at = tools.now()
        client = _client(provider, kept, endpoint.url, asked_at)
        request = build_endpoint_request(endpoint, client, grant)
        answer = tools.ask(presenting(request, kept))
        tokens = process_token_response(answer, oauth2.token_rules(provider), now=asked_at)
        expires_at = tokens.expires_at
        if expires_at is None and provider.token_lifetime_seconds != 0:
            expires_at = asked_at + LIFETIME_SECONDS
        values = {"token": tokens.access_token, **kept}
        credentials = Credentials("OAUTH2_CC", values, expires_at, tokens.raw).within_bounds()
        said = oauth2.metadata_of(provider, tokens, {})
        scopes = None if tokens.scope is None else oauth2.granted_scopes(tokens, ())
        account_id = oauth2.account_id_of(provider, tokens.raw, {**setting.config, **said})
        return Obtained(credentials, said, scopes, account_id)


def _client(provider: Provider, kept: Mapping[str, str], url: str, now: float) -> Client:
    client = oauth2.client_of(provider, kept["client_id"], kept.get("client_secret", ""))
    if client.auth_method is not ClientAuthMethod.PRIVATE_KEY_JWT:
        return client
    key, jti = kept.get("client_private_key", ""), identifiers.new_nonce()
    return replace(client, assertion=client_assertion(client.client_id, key, url, now, jti=jti))


def _has_secret(provider: Provider) -> bool:
    return "secret" in provider.token_endpoint_auth_method
