"""An environment: the tenant boundary. And its API keys."""

import hashlib
import hmac
from dataclasses import dataclass, field


def hash_token(token: str) -> str:
    """SHA-256 in hexadecimal: how tokens of full entropy are stored and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored API key: its hash, never its text. ``created_at`` in epoch seconds."""

    environment_id: str
    key_id: str
    display_name: str
    token_hash: str = field(repr=False)
    scopes: tuple[str, ...]
    created_at: float

    def matches(self, token: str) -> bool:
        """Whether this is the key, in constant time."""
        return hmac.compare_digest(hash_token(token), self.token_hash)


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where events go and which are sent (contract §10.1). Empty URL: no such endpoint.

    ``disabled`` names the endpoints (``primary``, ``secondary``) that answered 410 Gone.
    """

    primary_url: str = ""
    secondary_url: str = ""
    on_auth_creation: bool = True
    on_auth_refresh_error: bool = True
    on_connection_deletion: bool = True
    disabled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectUi:
    """How the Connect page looks (contract §2.3). Empty texts: none, or the page's own colours.

    ``application_name`` is whom people are asked to trust; ``logo`` is a ``data:`` URL, because the
    page loads nothing from elsewhere; ``default_theme`` is ``light``, ``dark`` or ``system``.
    """

    application_name: str = ""
    logo: str = ""
    default_theme: str = "system"
    light_primary: str = ""
    dark_primary: str = ""
    show_watermark: bool = True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A sealed webhook signing key. Retired ones sign until ``expires_at`` (epoch seconds)."""

    sealed: bytes = field(repr=False)
    created_at: float
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """``callback_url`` empty means Carrick's own callback."""

    environment_id: str
    name: str
    created_at: float
    callback_url: str = ""
    webhooks: WebhookSettings = WebhookSettings()
    connect_ui: ConnectUi = ConnectUi()
    signing_keys: tuple[SigningKey, ...] = ()
