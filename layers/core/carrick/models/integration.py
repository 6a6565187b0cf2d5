"""An integration: a provider configured with a client of the customer's, in one environment."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

REGISTERED_REDIRECT_URI = "registered_redirect_uri"
REGISTERED_AUTH_METHOD = "token_endpoint_auth_method"


@dataclass(frozen=True, slots=True)
class Integration:
    """``integration_id`` is Nango's ``unique_key``. Times in epoch seconds.

    ``sealed_client_secret`` is empty for a public client. ``callback_url`` empty means the
    environment's, or Carrick's own. ``allowed_hosts`` are the hosts that the client secret may be
    sent to where the end user names the host (self-hosted providers). ``custom`` holds facts of
    some auth modes that are no secret (``app_id``, ``app_link``; of a client that Carrick had
    registered, for which redirect URI, and how it authenticates), ``integration_config`` the inputs
    that the catalog asks of the customer and does not call secret, ``secret_inputs`` the names of
    those that it does. ``sealed_custom`` is what ``CustomSecrets.to_bytes`` wrote.
    """

    environment_id: str
    integration_id: str
    provider: str
    created_at: float
    updated_at: float
    display_name: str = ""
    client_id: str = ""
    sealed_client_secret: bytes = field(default=b"", repr=False)
    scopes: tuple[str, ...] = ()
    callback_url: str = ""
    sealed_webhook_secret: bytes = field(default=b"", repr=False)
    forward_webhooks: bool = True
    allowed_hosts: tuple[str, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)
    integration_config: Mapping[str, str] = field(default_factory=dict)
    secret_inputs: tuple[str, ...] = ()
    sealed_custom: bytes = field(default=b"", repr=False)

    @property
    def preset_inputs(self) -> list[str]:
        """The names of the inputs that the customer has set: no end user is asked for them."""
        return sorted({*self.integration_config, *self.secret_inputs})

    @property
    def registered_id(self) -> str:
        """What the provider knows the customer's client by: its client id, else its app's id."""
        return self.client_id or self.custom.get("app_id", "")


@dataclass(frozen=True, slots=True)
class CustomSecrets:
    """The sealed part of an integration beside its client secret.

    ``private_key`` is an app's, in PEM; ``integration_config`` the secret inputs that the catalog
    asks of the customer; ``custom`` what else the customer chose to keep with the integration.
    """

    private_key: str = field(default="", repr=False)
    integration_config: Mapping[str, str] = field(default_factory=dict, repr=False)
    custom: Mapping[str, str] = field(default_factory=dict, repr=False)

    def to_bytes(self) -> bytes:
        """The plaintext that is sealed; empty if there is nothing to seal."""
        if self == CustomSecrets():
            return b""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "CustomSecrets":
        """Read what ``to_bytes`` wrote."""
        return cls(**json.loads(data)) if data else cls()


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What a customer registered at the provider. ``None``: not given.

    ``type`` is the auth mode that they are for; ``scopes`` are separated by commas, an empty text
    asks for the provider's default ones. User name and password of a plug-in are the id and secret
    of its client.
    """

    type: str
    client_id: str = ""
    client_secret: str | None = field(default=None, repr=False)
    scopes: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    app_id: str = ""
    app_link: str = ""
    private_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class IntegrationChanges:
    """What a customer sets on an integration. ``None``: not given."""

    integration_id: str | None = None
    display_name: str | None = None
    forward_webhooks: bool | None = None
    credentials: ClientCredentials | None = None
    integration_config: Mapping[str, str] | None = field(default=None, repr=False)
    custom: Mapping[str, str] | None = field(default=None, repr=False)
    callback_url: str | None = None
    allowed_hosts: tuple[str, ...] | None = None
