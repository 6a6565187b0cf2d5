"""What an auth mode is: two functions over values, and the tools they may use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from carrick.catalog.ports import ports_of
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.models.integration import CustomSecrets, Integration
from carrick.transport.client import Transport

PROVIDER_SECONDS = 12.0
# As much as ever comes: an answer that is refused may hold the only copy of a rotated token.
# ``Credentials.within_bounds`` decides what of it is kept.
MAX_ANSWER_BYTES = 1024 * 1024

Submitted = Mapping[str, str]
"""What the person filled in, by field name, checked against the entry's declarations."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a mode works with: the entry, the integration with its secrets, connection config.

    ``assertion_option`` is what a person filled in to be used once and not stored.
    """

    provider: Provider
    integration: Integration
    client_secret: str = field(repr=False)
    secrets: CustomSecrets = field(repr=False)
    config: Mapping[str, str]
    scopes: tuple[str, ...] = ()
    assertion_option: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Tools:
    """The only effects of a mode: requests to the provider, and the time."""

    transport: Transport
    now: Clock

    @classmethod
    def of(cls, setting: Setting, transport: Transport, now: Clock) -> "Tools":
        """Requests may go to the ports that the connection's own servers are said to have."""
        ports = ports_of(setting.provider, setting.config)
        return cls(transport.with_ports(ports), now)

    def ask(self, request: OutboundRequest) -> InboundResponse:
        """Send a request for credentials, once, with as much time as the lease allows for."""
        return self.transport.send(
            request, deadline_seconds=PROVIDER_SECONDS, max_body_bytes=MAX_ANSWER_BYTES
        )


@dataclass(frozen=True, slots=True)
class Obtained:
    """Credentials, and what the provider said beside them.

    ``said`` becomes connection config. ``granted_scopes`` ``None``: the answer did not say.
    """

    credentials: Credentials
    said: Mapping[str, str | bool] = field(default_factory=dict)
    granted_scopes: tuple[str, ...] | None = None
    account_id: str = ""


class Mode(Protocol):
    """One auth mode. Raises ``ProviderError``, ``EgressError`` or ``InvalidRequestError``."""

    @property
    def failure_code(self) -> str:
        """What callers and events are told when the provider gives no credentials (§10.2)."""
        ...

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        """Credentials from what a person filled in; verified where the entry knows how."""
        ...

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        """Whether the credentials can be renewed without the person."""
        ...

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        """Fresh credentials in place of these. Only where ``is_renewable``."""
        ...
