"""A connection: facts about one end user's credentials for one integration, and sealed secrets."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ConnectionKey:
    """What names a connection. Nango calls ``integration_id`` ``provider_config_key``."""

    environment_id: str
    integration_id: str
    connection_id: str


@dataclass(frozen=True, slots=True)
class RefreshState:
    """Refresh bookkeeping. All times in epoch seconds; ``None`` means never or not known.

    ``refresh_at``       when the schedule should look at it; ``None`` leaves the due index
    ``lease_owner``      the attempt that may refresh until ``lease_until``; empty if none
    ``failing_since``    first failure of the present run of failures that the connection may die of
    ``error_code``       why the last refresh failed; empty when healthy
    ``exhausted``        terminal: nothing but the end user (or ``force_refresh``) revives it
    """

    refresh_at: float | None = None
    lease_owner: str = ""
    lease_until: float = 0.0
    last_success_at: float | None = None
    last_failure_at: float | None = None
    failing_since: float | None = None
    attempts: int = 0
    error_code: str = ""
    error_operation_id: str = ""
    exhausted: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """Facts and sealed credentials. ``version`` grows with every commit of credentials.

    ``expires_at`` is the access token's, ``refreshable`` whether a refresh is possible at all;
    both repeat facts that are sealed, and ``expiration_buffer_seconds`` repeats the provider's, so
    that a read needs neither key nor catalog to know that nothing is due. ``binding`` says how the
    browser was bound to the flow that made it (``cookie``, ``import``). ``awaits`` names the
    installation at the provider whose webhook will bring the credentials; until then there are
    none. Empty for every other connection.
    """

    key: ConnectionKey
    id: int
    provider: str
    auth_mode: str
    created_at: float
    updated_at: float
    version: int = 1
    last_fetched_at: float | None = None
    expires_at: float | None = None
    refreshable: bool = False
    expiration_buffer_seconds: float | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    end_user: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    connection_config: Mapping[str, Any] = field(default_factory=dict)
    webhook_url_override: str | None = None
    requested_scopes: tuple[str, ...] = ()
    granted_scopes: tuple[str, ...] = ()
    account_id: str = ""
    binding: str = "cookie"
    awaits: str = ""
    refresh: RefreshState = RefreshState()
    sealed_credentials: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class ConnectionSummary:
    """What the indexes project: a row of the list. No secret, no connection config."""

    key: ConnectionKey
    id: int
    provider: str
    created_at: float
    tags: Mapping[str, str]
    end_user: Mapping[str, Any] | None
    metadata: Mapping[str, Any]
    error_code: str
    error_operation_id: str


def spread_of(key: ConnectionKey) -> float:
    """A number in [0, 1) that is this connection's for ever: spreads work that is due at once."""
    text = f"{key.environment_id}#{key.integration_id}#{key.connection_id}"
    return zlib.crc32(text.encode()) / 2**32
