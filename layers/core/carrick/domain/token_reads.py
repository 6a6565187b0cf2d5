"""Reads a connection with credentials that work: the hot path.

One strongly consistent read, no call to KMS while the data key is cached, no write but a sampled
stamp. Near expiry it refreshes under the lease; who does not get the lease waits for the one that
has it. A token that is still valid is always served, with the error beside it, never withheld.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from carrick import clock, observability
from carrick.clock import Clock
from carrick.domain import refresh_policy
from carrick.domain.vault import Vault
from carrick.errors import CarrickError, NotFoundError, RefreshError, SealError
from carrick.models.connection import Connection, ConnectionKey, spread_of
from carrick.models.credentials import Credentials
from carrick.store.connections import ConnectionStore

if TYPE_CHECKING:
    # Pulls in the catalog and the protocol: loaded by the first refresh, not by every cold start.
    from carrick.domain.refresh import Outcome

FIRST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 0.4
ANSWER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Read:
    """A connection, and credentials unless ``error`` says why there are none that work."""

    connection: Connection
    credentials: Credentials | None
    error: CarrickError | None = None


@dataclass(frozen=True, slots=True)
class Dependencies:
    connections: ConnectionStore
    vault: Vault
    refresh: Callable[..., "Outcome"]
    now: Clock


def read_connection(
    key: ConnectionKey,
    deps: Dependencies,
    *,
    seconds_left: Callable[[], float],
    force_refresh: bool = False,
    fresh_app_jwt: bool = False,
    with_credentials: bool = True,
) -> Read:
    """The connection, refreshed first if it is near its end.

    ``seconds_left`` is what is left of this invocation. ``with_credentials`` false reads facts
    only: no refresh, nothing unsealed. ``fresh_app_jwt`` renews an app's credentials for the sake
    of the JWT among them, which lives for minutes. When KMS or a table is down, a token that still
    works is served. Raises ``NotFoundError``.
    """
    connection = _get(key, deps)
    if not with_credentials:
        return Read(connection, None)
    if connection.awaits:
        return Read(connection, None, _pending())
    if fresh_app_jwt and refresh_policy.has_old_app_jwt(connection, deps.now()):
        force_refresh = True
    error: CarrickError | None = None
    credentials: Credentials | None = None
    if _wants_refresh(connection, deps.now(), force=force_refresh):
        try:
            connection, credentials, error = _renew(
                connection, deps, seconds_left=seconds_left, force=force_refresh
            )
        except (SealError, ClientError, BotoCoreError) as failure:
            if force_refresh or not refresh_policy.is_valid(connection, deps.now()):
                raise
            observability.error("refresh_not_tried", exception=failure)
    _stamp(connection, deps)
    is_valid = refresh_policy.is_valid(connection, deps.now())
    if error is not None and (force_refresh or not is_valid):
        return Read(connection, None, error)
    if credentials is None:
        credentials = deps.vault.unseal_credentials(key, connection.sealed_credentials)
    return Read(connection, credentials)


def _get(key: ConnectionKey, deps: Dependencies) -> Connection:
    connection = deps.connections.get(key)
    if connection is None:
        raise NotFoundError("Failed to find connection")
    return connection


def _wants_refresh(connection: Connection, now: float, *, force: bool) -> bool:
    if force:
        return connection.refreshable
    return refresh_policy.needs_refresh(connection, now)


def _renew(
    connection: Connection,
    deps: Dependencies,
    *,
    seconds_left: Callable[[], float],
    force: bool,
) -> tuple[Connection, Credentials | None, CarrickError | None]:
    """Refresh, or wait for who does; until there is a newer version, a failure, or no time."""
    asked = connection
    wait = FIRST_WAIT_SECONDS
    while True:
        if not force and not refresh_policy.may_try(connection, deps.now()):
            return connection, None, _refused(connection)
        if not _is_leased(connection, deps.now()):
            outcome = deps.refresh(connection, seconds_left=seconds_left, force=force)
            if outcome.result != "busy":
                return outcome.connection, outcome.credentials, outcome.error
        if not force and refresh_policy.is_valid(connection, deps.now()):
            return connection, None, None
        if seconds_left() < ANSWER_SECONDS + wait:
            error = RefreshError("A refresh is in progress.", code="refresh_in_progress")
            return connection, None, error
        clock.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries, no secret
        wait = min(LONGEST_WAIT_SECONDS, wait * 2)
        connection = _get(connection.key, deps)
        if (connection.id, connection.version) != (asked.id, asked.version):
            return connection, None, None


def _is_leased(connection: Connection, now: float) -> bool:
    return connection.refresh.lease_until >= now


def _pending() -> RefreshError:
    return RefreshError(
        "There are no credentials before the installation at the provider is done.",
        code="connection_pending",
    )


def _refused(connection: Connection) -> RefreshError:
    if connection.refresh.exhausted:
        return RefreshError(
            "The provider no longer accepts this connection; it must be authorized again.",
            code="connection_refresh_exhausted",
        )
    return RefreshError("The last refresh failed a moment ago.", code="connection_refresh_backoff")


def _stamp(connection: Connection, deps: Dependencies) -> None:
    """Note that the connection is in use, at most once an hour."""
    now = deps.now()
    if not refresh_policy.should_stamp(connection, now):
        return
    used = refresh_policy.used_at(connection, now)
    refresh_at = None
    if not connection.refresh.error_code:
        refresh_at = refresh_policy.next_refresh_at(used, now=now, spread=spread_of(connection.key))
    deps.connections.stamp_fetched(connection, refresh_at)
