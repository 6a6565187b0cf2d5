"""What a mode that sends the browser away is: how a flow begins, and what its return gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.models.flow import Flow, FlowSecrets

AuthorizationParams = Mapping[str, str | None]
"""What session or browser asked for beside the entry; ``None`` leaves a parameter out."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A flow about to begin. Its ``setting`` has secrets only for who ``begins_with_secret``."""

    flow: Flow
    setting: Setting
    state: str = field(repr=False)
    authorization_params: AuthorizationParams


@dataclass(frozen=True, slots=True)
class Away:
    """Where the browser goes; what is sealed with the flow, and kept with its config.

    ``scopes`` are those that were asked for, where the mode decides that.
    """

    url: str = field(repr=False)
    secrets: FlowSecrets = field(default_factory=FlowSecrets)
    config: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A consumed flow, what was sealed with it, and the query or form that came back."""

    flow: Flow
    setting: Setting
    secrets: FlowSecrets
    callback: Mapping[str, str] = field(repr=False)


class RedirectMode(Protocol):
    """How a mode goes through the browser. All else (state, cookie, session, commit) is shared."""

    @property
    def needs_client_id(self) -> bool:
        """Whether an integration without a client id cannot begin."""
        ...

    @property
    def sends_redirect_uri(self) -> bool:
        """Whether the flow says where to return. Else the provider has one URL for all flows."""
        ...

    def begins_with_secret(self, provider: Provider) -> bool:
        """Whether the provider is asked before the browser leaves, with the client's secret."""
        ...

    def begin(self, departure: Departure, tools: Tools) -> Away:
        """Where the browser goes. Raises ``FlowError``, ``InvalidRequestError``, or as a mode."""
        ...

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        """Credentials of what came back. Raises ``FlowError`` for a refusal, or as a mode."""
        ...
