"""What an authorization gave, sealed, and how it waits for its application's word."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from carrick.models.flow import Flow


@dataclass(frozen=True, slots=True)
class Granted:
    """What an authorization gave, fit to be stored: credentials are sealed at their last place.

    ``said`` becomes connection config. ``granted_scopes`` ``None``: the answer did not say.
    ``expires_at``: of the access token, in epoch seconds, ``None`` if the provider did not say.
    """

    sealed_credentials: bytes = field(repr=False)
    refreshable: bool
    expires_at: float | None = None
    said: Mapping[str, str | bool] = field(default_factory=dict)
    granted_scopes: tuple[str, ...] | None = None
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """An authorization that is no connection yet, by the hash of its confirm code.

    ``challenge`` is S256 of the verifier that the application keeps; empty if it keeps none.
    ``flow`` is without its secrets. Times in epoch seconds.
    """

    code_hash: str
    flow: Flow
    granted: Granted
    challenge: str
    created_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a backend confirms with. ``verifier`` is empty if its session has no challenge."""

    session_id: str
    code: str = field(repr=False)
    verifier: str = field(default="", repr=False)
