"""A connect session: what a backend allows one browser to do, for half an hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class IntegrationDefaults:
    """What a session presets for one integration (contract §2.1)."""

    user_scopes: str = ""
    authorization_params: Mapping[str, str] = field(default_factory=dict)
    connection_config: Mapping[str, str] = field(default_factory=dict)
    scopes_override: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Reconnect:
    """The connection that a reconnect session may renew, as it was when the session was made.

    ``row_id`` is the connection's ``id``: a later one of the same name is another one.
    """

    integration_id: str
    connection_id: str
    row_id: int
    connection_config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectSession:
    """Keyed by the hash of its token. Times in epoch seconds.

    ``allowed_integrations`` empty means all. ``tags`` and ``end_user`` are ``None`` when the caller
    gave none: then a reconnect keeps what the connection has. ``return_url`` empty: the last page
    stays. ``confirm_required``: no connection before the backend says so, and one at most, whose
    time is ``confirmed_at``; ``confirm_challenge`` is S256 of the verifier that it then needs.
    """

    token_hash: str
    environment_id: str
    created_at: float
    expires_at: float
    operation_id: str
    end_user: Mapping[str, Any] | None = None
    tags: Mapping[str, str] | None = None
    allowed_integrations: tuple[str, ...] = ()
    defaults: Mapping[str, IntegrationDefaults] = field(default_factory=dict)
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    allowed_origins: tuple[str, ...] = ()
    webhook_url_override: str | None = None
    reconnect: Reconnect | None = None
    allow_account_change: bool = False
    return_url: str = ""
    confirm_required: bool = False
    confirm_challenge: str = ""
    confirmed_at: float | None = None
    result: Mapping[str, str] | None = None

    @property
    def listeners(self) -> tuple[str, ...]:
        """URLs of the application, whose origins the last page tells of the result."""
        return (*self.allowed_origins, *((self.return_url,) if self.return_url else ()))

    def allows(self, integration_id: str) -> bool:
        """Whether this session may connect that integration."""
        return not self.allowed_integrations or integration_id in self.allowed_integrations

    def defaults_for(self, integration_id: str) -> IntegrationDefaults:
        """The presets for an integration, empty ones if there are none."""
        return self.defaults.get(integration_id, IntegrationDefaults())


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a backend asks for; both kinds of session. Validated in form, not against the tables."""

    end_user: Mapping[str, Any] | None = None
    organization: Mapping[str, Any] | None = None
    tags: Mapping[str, str] | None = None
    allowed_integrations: tuple[str, ...] = ()
    defaults: Mapping[str, IntegrationDefaults] = field(default_factory=dict)
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    allowed_origins: tuple[str, ...] = ()
    webhook_url_override: str | None = None
    allow_account_change: bool = False
    return_url: str = ""
    confirm_required: bool = False
    confirm_challenge: str = ""
