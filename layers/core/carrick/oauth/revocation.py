"""Token revocation: RFC 7009 §2.

Revoke the refresh token first: most servers then end its access tokens too (§2.1).

Not here: vendors' own calls to end a grant, which are not RFC 7009.
"""

from carrick.errors import ProviderError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import error_of, members_of, states_error
from carrick.oauth.client_auth import Client
from carrick.oauth.token import TokenEndpoint, build_endpoint_request

UNSUPPORTED = "unsupported_token_type"
# Google answers 400 with this for a token that is gone already; the aim is reached (§2.2).
_ALREADY_GONE = "invalid_token"


def build_revocation_request(
    url: str, client: Client, *, token: str, token_type_hint: str
) -> OutboundRequest:
    """The request to revoke one token. The hint is ``refresh_token`` or ``access_token`` (§2.1)."""
    params = {"token": token, "token_type_hint": token_type_hint}
    return build_endpoint_request(TokenEndpoint(url), client, params)


def process_revocation_response(response: InboundResponse, now: float | None = None) -> None:
    """Return if the token is revoked, or was no longer valid (§2.2).

    Raises ``ProviderError`` with the provider code ``unsupported_token_type`` when this kind of
    token cannot be revoked (§2.2.1), ``ProviderUnavailableError`` when it is worth another try, and
    ``ProviderConfigurationError`` when the client is refused.
    """
    members = members_of(response)
    if 200 <= response.status < 300 and (members is None or not states_error(members)):
        return
    stated = members.get("error") if members is not None else None
    if stated == _ALREADY_GONE and response.status == 400:
        return
    error = error_of(response, members, now)
    if stated == UNSUPPORTED and response.status < 500:
        raise ProviderError(
            "The provider cannot revoke this kind of token.",
            provider_code=UNSUPPORTED,
            status=response.status,
        )
    raise error
