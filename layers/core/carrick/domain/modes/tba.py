"""TBA: NetSuite's token-based authentication, OAuth 1.0a with a token made by hand.

Source: NetSuite, "Token-based Authentication (TBA)": each request is signed with HMAC-SHA256, the
realm is the account's ID. The secret of the client stays with the integration: it is not copied
into the connection, where the API would show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from carrick import identifiers
from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.verification import REFUSED, Sign, verify
from carrick.errors import InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest
from carrick.oauth.oauth1 import Consumer, Stamp, Token, authorization_header


@dataclass(frozen=True, slots=True)
class TokenBased:
    """The token never ends. A client of the person's own may stand in the integration's place."""

    failure_code: str = REFUSED

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        override = {
            name: submitted[sent]
            for name, sent in (
                ("client_id", "oauth_client_id_override"),
                ("client_secret", "oauth_client_secret_override"),
            )
            if submitted.get(sent)
        }
        if len(override) == 1:
            message = "An own client needs both its ID and its secret."
            raise InvalidRequestError(message, code="invalid_body")
        values = {
            "token_id": submitted["token_id"],
            "token_secret": submitted["token_secret"],
            "config_override": override,
        }
        credentials = Credentials("TBA", values)
        consumer = consumer_of(credentials, setting)
        if not consumer.key or not consumer.secret:
            message = "The integration has no client to sign requests with."
            raise InvalidRequestError(message, code="missing_client_id")
        verify(credentials, setting, tools, sign=signer(credentials, setting, tools))
        return Obtained(credentials, {"oauth_client_id": consumer.key})

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return False

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return Obtained(credentials)


def signer(credentials: Credentials, setting: Setting, tools: Tools) -> Sign:
    """Signs requests to the API of this connection."""
    consumer = consumer_of(credentials, setting)
    token = Token(credentials.values["token_id"], credentials.values["token_secret"])

    def sign(request: OutboundRequest) -> OutboundRequest:
        stamp = Stamp(int(tools.now()), identifiers.new_nonce())
        value = authorization_header(request.method, request.url, consumer, token, stamp)
        return replace(request, headers={**request.headers, "authorization": value})

    return sign


def consumer_of(credentials: Credentials, setting: Setting) -> Consumer:
    """Whose client signs, for which account."""
    override: Mapping[str, str] = credentials.values["config_override"]
    # A sandbox is 1234567-sb1 in a host name and 1234567_SB1 everywhere else.
    realm = setting.config.get("accountId", "").upper().replace("-", "_")
    return Consumer(
        override.get("client_id") or setting.integration.client_id,
        override.get("client_secret") or setting.client_secret,
        signature_method="HMAC-SHA256",
        realm=realm,
    )
