"""TBA: NetSuite's token-based authentication, OAuth 1.0a with a token made by hand.

Source: NetSuite, "Token-based Authentication (TBA)": each request is signed with HMAC-SHA256, the
realm is the account's ID. The secret of the client stays with the integration: it is not copied
into the connection, where the API would show it.
"""

from dataclasses import dataclass

from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.verification import REFUSED, verify
from carrick.domain.request_signing import consumer_of
from carrick.errors import InvalidRequestError
from carrick.models.credentials import Credentials


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
        verify(credentials, setting, tools)
        return Obtained(credentials, {"oauth_client_id": consumer.key})

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return False

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return Obtained(credentials)
