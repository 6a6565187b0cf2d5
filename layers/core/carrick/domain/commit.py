"""Commits the connection that an authorization made: one path for every auth mode."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from carrick import observability
from carrick.clock import Clock
from carrick.domain import auth_events
from carrick.domain.authorized import Authorized, connection_of
from carrick.errors import ConflictError
from carrick.models.confirmation import Granted
from carrick.models.connection import Connection
from carrick.store.conditional_writes import Member
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.outbox import Outbox
from carrick.store.sessions import SessionStore

TRIES = 3

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class CommitDependencies:
    connections: ConnectionStore
    tags: ConnectionTagStore
    outbox: Outbox
    sessions: SessionStore
    now: Clock


def commit(
    authorized: Authorized,
    granted: Granted,
    deps: CommitDependencies,
    *,
    read_again: Callable[[], Authorized],
    members: Callable[[], Sequence[Member]] = tuple,
) -> Connection:
    """Store connection, tags, event and the session's result in one transaction.

    ``members`` makes what else belongs to it. Raises as ``tried`` does.
    """
    connection = tried(
        lambda found: _commit_once(found, granted, deps, members()), authorized, read_again
    )
    _record(connection)
    return connection


def tried(
    attempt: Callable[[Authorized], Done],
    authorized: Authorized,
    read_again: Callable[[], Authorized],
) -> Done:
    """The attempt's result. It is made again, a few times, if only another write came between.

    ``read_again`` raises ``FlowError`` when the session, the integration or the connection to renew
    is gone. Raises ``ConflictError`` when others were faster each time.
    """
    for _ in range(TRIES - 1):
        try:
            return attempt(authorized)
        except ConflictError:
            authorized = read_again()
    return attempt(authorized)


def _commit_once(
    authorized: Authorized, granted: Granted, deps: CommitDependencies, members: Sequence[Member]
) -> Connection:
    flow = authorized.flow
    connection = connection_of(authorized, granted, now=deps.now())
    result = {
        "status": "success",
        "integration_id": flow.integration_id,
        "connection_id": flow.connection_id,
    }
    confirms = authorized.session.confirm_required
    store(
        connection,
        deps,
        replaces=authorized.existing,
        operation_id=flow.operation_id,
        also=(deps.sessions.write_result(flow.session_hash, result, confirms=confirms), *members),
    )
    return connection


def store(
    connection: Connection,
    deps: CommitDependencies,
    *,
    replaces: Connection | None,
    operation_id: str,
    also: Sequence[Member] = (),
) -> None:
    """Commit connection, tags, event and what else belongs to it together.

    There is no event of a connection that waits for an installation. Raises ``ConflictError`` when
    another write came between.
    """
    # What waits for an installation is told of when that has come.
    is_new = replaces is None or bool(replaces.awaits)
    event = auth_events.connected(
        connection, replaced=not is_new, operation_id=operation_id, now=deps.now()
    )
    told = () if connection.awaits else (deps.outbox.write(event),)
    deps.connections.write(
        deps.connections.put_write(connection, replaces=replaces),
        *deps.tags.writes(connection, previous=replaces),
        *told,
        *also,
    )


def _record(connection: Connection) -> None:
    if connection.awaits:
        observability.count("InstallationAwaited")
        return
    observability.count("ConnectionAuthorized")
    # Fewer scopes than asked for are the end user's good right, and worth knowing.
    if not set(connection.requested_scopes) <= set(connection.granted_scopes):
        observability.count("ScopesNarrowed")
        observability.info(
            "scopes_narrowed",
            connection_id=connection.key.connection_id,
            integration_id=connection.key.integration_id,
        )
