"""Bodies of ``/connect/…`` (contract §2)."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from carrick.catalog.hosts import is_hostname
from carrick.models.confirmation import Confirmation
from carrick.models.fields import (
    Body,
    ConnectionId,
    ShortText,
    TagKey,
    TagValue,
    UniqueKey,
    Url,
)
from carrick.models.session import IntegrationDefaults, SessionRequest

MAX_TAGS = 10
OWN_CLIENT = frozenset(
    {
        "oauth_client_id_override",
        "oauth_client_secret_override",
        "oauth_refresh_token_override",
    }
)

Email = Annotated[
    str, StringConstraints(min_length=5, max_length=255, pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$")
]
Name = Annotated[str, StringConstraints(max_length=255)]
Value = Annotated[str, StringConstraints(max_length=2048)]
# With 32 of them a webhook body stays below 20 KB (Standard Webhooks).
EndUserTag = Annotated[str, StringConstraints(min_length=1, max_length=64)]


def _unlike_in_case(tags: dict[str, str]) -> dict[str, str]:
    lowered = {name.lower(): value for name, value in tags.items()}
    if len(lowered) != len(tags):
        raise ValueError("Tag keys differ in more than case")
    if "@" not in lowered.get("end_user_email", "a@b.c"):
        raise ValueError("end_user_email is an email address")
    return lowered


def _origin(text: str) -> str:
    """As browsers write it. It stands in pages and policies, so nothing else may hide in it."""
    scheme, _, authority = text.partition("://")
    host, colon, port = authority.partition(":")
    is_local = host in {"localhost", "127.0.0.1"}
    if scheme != "https" and not (scheme == "http" and is_local):
        raise ValueError("An origin begins with https://")
    if not (is_local or is_hostname(host)) or (colon and not re.fullmatch("[1-9][0-9]{0,4}", port)):
        raise ValueError("An origin is scheme, host in lower case, port, and nothing else")
    return text


def _return_url(url: str) -> str:
    """An origin, then path and query of plain characters, written so that it is read in one way."""
    if url:
        characters = r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]"
        found = re.fullmatch(rf"([a-z]+://[^/?#]+)(/{characters}*)?(\?(?:{characters}|\?)*)?", url)
        if found is None or re.search("%[01]", url):
            raise ValueError("Not an https URL without fragment")
        _origin(found[1])
    return url


def _web_link(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s/?#]+[^\s]*", url):
        raise ValueError("Not an http or https URL")
    return url


Tags = Annotated[
    dict[TagKey, TagValue], Field(max_length=MAX_TAGS), AfterValidator(_unlike_in_case)
]
WebLink = Annotated[Url, AfterValidator(_web_link)]
ReturnUrl = Annotated[Url, AfterValidator(_return_url)]
Challenge = Annotated[str, StringConstraints(pattern=r"^(?:[A-Za-z0-9_-]{43})?$")]
Origin = Annotated[str, StringConstraints(max_length=300), AfterValidator(_origin)]


class Organization(Body):
    """Who the end user belongs to."""

    id: ShortText
    display_name: Name | None = None


class EndUser(Body):
    """Who connects."""

    id: ShortText
    email: Email | None = None
    display_name: Name | None = None
    tags: Annotated[dict[EndUserTag, Name], Field(max_length=32)] = {}

    def stored(self) -> dict[str, Any]:
        """As it is kept with session and connection."""
        return self.model_dump(exclude_none=True)


class PresetConfig(Body):
    """Connection config that a session presets: open, text values."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[str, Value]

    oauth_scopes_override: Annotated[str, StringConstraints(max_length=4096)] | None = None

    @model_validator(mode="after")
    def _holds_no_secret(self) -> Self:
        if not OWN_CLIENT.isdisjoint(self.__pydantic_extra__ or {}):
            # It would be kept and shown as connection config: no place for a secret.
            raise ValueError("A client of the end user's own is not supported")
        return self


class Defaults(Body):
    """What a session presets for one integration."""

    user_scopes: Annotated[str, StringConstraints(max_length=4096)] = ""
    authorization_params: Annotated[dict[ShortText, Value], Field(max_length=50)] = {}
    connection_config: PresetConfig = PresetConfig()

    def stored(self) -> IntegrationDefaults:
        """As it is kept with the session."""
        override = self.connection_config.oauth_scopes_override
        config = dict(self.connection_config.__pydantic_extra__ or {})
        config.pop("webhook_url", None)
        return IntegrationDefaults(
            user_scopes=self.user_scopes,
            authorization_params=self.authorization_params,
            connection_config=config,
            scopes_override=_scopes(override) if override else None,
        )


class Override(Body):
    """What the Connect UI shows instead of the entry's."""

    docs_connect: WebLink = ""


class _Session(Body):
    end_user: EndUser | None = None
    organization: Organization | None = None
    tags: Tags | None = None
    integrations_config_defaults: Annotated[dict[UniqueKey, Defaults], Field(max_length=100)] = {}
    overrides: Annotated[dict[UniqueKey, Override], Field(max_length=100)] = {}
    allowed_origins: Annotated[list[Origin], Field(max_length=20)] = []
    webhook_url_override: Url | None = None
    return_url: ReturnUrl = ""
    confirm_required: bool = False
    confirm_challenge: Challenge = ""

    @model_validator(mode="after")
    def _can_be_confirmed(self) -> Self:
        if self.confirm_challenge and not self.confirm_required:
            raise ValueError("confirm_challenge needs confirm_required")
        if self.confirm_required and not (self.return_url or self.allowed_origins):
            raise ValueError("confirm_required needs return_url or allowed_origins")
        return self

    def _request(self, **values: Any) -> SessionRequest:
        return SessionRequest(
            end_user=self.end_user.stored() if self.end_user else None,
            organization=self.organization.model_dump(exclude_none=True)
            if self.organization
            else None,
            tags=self.tags,
            defaults={
                name: part.stored() for name, part in self.integrations_config_defaults.items()
            },
            overrides={
                name: part.model_dump(exclude_unset=True) for name, part in self.overrides.items()
            },
            allowed_origins=tuple(self.allowed_origins),
            webhook_url_override=self._webhook_url(),
            return_url=self.return_url,
            confirm_required=self.confirm_required,
            confirm_challenge=self.confirm_challenge,
            **values,
        )

    def _webhook_url(self) -> str | None:
        """The override; its older place is inside the presets (contract §2.1)."""
        if self.webhook_url_override is not None:
            return self.webhook_url_override
        for part in self.integrations_config_defaults.values():
            older = (part.connection_config.__pydantic_extra__ or {}).get("webhook_url")
            if older:
                return older
        return None


class CreateSession(_Session):
    """``POST /connect/sessions``."""

    allowed_integrations: Annotated[list[UniqueKey], Field(max_length=100)] = []

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if self.end_user is None and self.tags is None:
            raise ValueError("Send end_user or tags")
        return self

    def request(self) -> SessionRequest:
        return self._request(allowed_integrations=tuple(self.allowed_integrations))


class CreateReconnectSession(_Session):
    """``POST /connect/sessions/reconnect``."""

    connection_id: ConnectionId
    integration_id: UniqueKey
    allow_account_change: bool = False

    def request(self) -> SessionRequest:
        return self._request(allow_account_change=self.allow_account_change)


class ConfirmSession(Body):
    """``POST /connect/sessions/confirm``."""

    session_id: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    confirm_code: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{43}$")]
    confirm_verifier: Annotated[
        str, StringConstraints(pattern=r"^(?:[A-Za-z0-9._~-]{43,128})?$")
    ] = ""

    def confirmation(self) -> Confirmation:
        return Confirmation(self.session_id, self.confirm_code, self.confirm_verifier)


class Telemetry(Body):
    """``POST /connect/telemetry``: read, checked, and not kept."""

    token: ShortText
    event: Literal[
        "open",
        "view:list",
        "view:integration",
        "view:unknown_error",
        "view:credentials_error",
        "view:success",
        "click:integration",
        "click:doc",
        "click:doc_section",
        "click:connect",
        "click:close",
        "click:finish",
        "click:outside",
        "popup:blocked_by_browser",
        "popup:closed_early",
    ]
    timestamp: Any
    dimensions: dict[str, Any] = {}


def _scopes(text: str) -> tuple[str, ...]:
    return tuple(scope for scope in text.replace(" ", ",").split(",") if scope)
