"""Body of ``POST /connections``: a connection that was made elsewhere (contract §7.3)."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from carrick import clock
from carrick.models.api_connections import WhoConnects
from carrick.models.api_credentials import (
    ApiKey,
    Basic,
    Bill,
    Jwt,
    Pem,
    Required,
    Signature,
    TwoStep,
)
from carrick.models.api_sessions import OWN_CLIENT, Tags
from carrick.models.fields import Body, ConnectionId, UniqueKey, Url

Token = Annotated[str, StringConstraints(min_length=1, max_length=16_384)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=2_048)]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Value = Annotated[str, StringConstraints(max_length=2_048)]
Scope = Annotated[str, StringConstraints(min_length=1, max_length=255)]


def _date(text: str) -> str:
    """Only what a date can be read from, in the years that an answer can show."""
    clock.iso_z(clock.parse_iso(text))
    return text


Date = Annotated[str, StringConstraints(max_length=40), AfterValidator(_date)]
"""ISO 8601, as JavaScript writes dates in JSON."""


class ClientOverride(Body):
    """The client that the tokens belong to, where it is not the integration's."""

    client_id: ClientId
    client_secret: Secret


class OAuth2(Body):
    """OAUTH2: tokens of another broker's flow. Without ``expires_at`` they are not refreshed."""

    type: Literal["OAUTH2"]
    access_token: Token
    refresh_token: Token | None = None
    expires_at: Date | None = None
    config_override: ClientOverride | None = None


class ClientCredentials(Body):
    """OAUTH2_CC: a client of the person's own, and a token that it has."""

    type: Literal["OAUTH2_CC"]
    token: Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
    client_id: Required
    client_secret: Annotated[str, StringConstraints(max_length=32_768)]
    client_certificate: Pem | None = None
    client_private_key: Pem | None = None
    expires_at: Date | None = None


class ImportedApiKey(ApiKey):
    """API_KEY."""

    type: Literal["API_KEY"]


class ImportedBasic(Basic):
    """BASIC."""

    type: Literal["BASIC"]


class ImportedTwoStep(TwoStep):
    """TWO_STEP: the fields that the provider's entry declares; the token is asked for."""

    type: Literal["TWO_STEP"]


class ImportedJwt(Jwt):
    """JWT: the fields that the provider's entry declares; the token is signed here."""

    type: Literal["JWT"]


class ImportedBill(Bill):
    """BILL: a session is opened."""

    type: Literal["BILL"]


class TokenBased(Body):
    """TBA: a token made by hand, and perhaps a client of the person's own."""

    type: Literal["TBA"]
    token_id: Required
    token_secret: Required
    config_override: ClientOverride | None = None


class Nothing(Body):
    """NONE."""

    type: Literal["NONE"]


Imported = Annotated[
    OAuth2
    | ClientCredentials
    | ImportedApiKey
    | ImportedBasic
    | ImportedTwoStep
    | ImportedJwt
    | ImportedBill
    | Signature
    | TokenBased
    | Nothing,
    Field(discriminator="type"),
]


class ImportedConfig(Body):
    """Connection config: open, text and truth values."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[str, Value | bool]

    oauth_scopes_override: Annotated[list[Scope], Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _holds_no_secret(self) -> Self:
        if not OWN_CLIENT.isdisjoint(self.__pydantic_extra__ or {}):
            raise ValueError("Send a client of its own as config_override of the credentials")
        return self

    def stored(self) -> dict[str, str | bool]:
        """Without what has a place of its own."""
        config = dict(self.__pydantic_extra__ or {})
        config.pop("webhook_url", None)
        return config


class ImportConnection(WhoConnects):
    """``POST /connections``. What is not given stays as it is where the connection exists."""

    provider_config_key: UniqueKey
    connection_id: ConnectionId | None = None
    credentials: Imported
    connection_config: ImportedConfig | None = None
    metadata: dict[str, Any] | None = None
    tags: Tags | None = None
    webhook_url_override: Url | None = None
