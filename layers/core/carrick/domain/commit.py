"""Commits the connection that an authorization made: one path for every auth mode."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from carrick import observability
from carrick.clock import Clock
from carrick.domain import auth_events
from carrick.domain.authorized import Authorized, connection_of
from carrick.domain.modes.contract import Obtained
from carrick.domain.vault import Vault
from carrick.errors import ConflictError
from carrick.models.connection import Connection
from carrick.models.credentials import Credentials
from carrick.store.conditional_writes import Member
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.outbox import Outbox
from carrick.store.sessions import SessionStore

TRIES = 3


@dataclass(frozen=True, slots=True)
class CommitDependencies:
    connections: ConnectionStore
    tags: ConnectionTagStore
    outbox: Outbox
    sessions: SessionStore
    vault: Vault
    now: Clock


def commit(
    authorized: Authorized,
    obtained: Obtained,
    deps: CommitDependencies,
    *,
    read_again: Callable[[], Authorized],
) -> Connection:
    """Store connection, tags, event and the session's result in one transaction.

    Tries again if only another write came between; ``read_again`` raises ``FlowError`` when the
    session, the integration or the connection to renew is gone.
    """
    for _ in range(TRIES - 1):
        try:
            return _commit_once(authorized, obtained, deps)
        except ConflictError:
            authorized = read_again()
    return _commit_once(authorized, obtained, deps)


def _commit_once(
    authorized: Authorized, obtained: Obtained, deps: CommitDependencies
) -> Connection:
    flow = authorized.flow
    connection = connection_of(authorized, obtained, now=deps.now())
    result = {
        "status": "success",
        "integration_id": flow.integration_id,
        "connection_id": flow.connection_id,
    }
    connection = store(
        connection,
        obtained.credentials,
        deps,
        replaces=authorized.existing,
        operation_id=flow.operation_id,
        also=(deps.sessions.write_result(flow.session_hash, result),),
    )
    _record(connection)
    return connection


def store(
    connection: Connection,
    credentials: Credentials,
    deps: CommitDependencies,
    *,
    replaces: Connection | None,
    operation_id: str,
    also: tuple[Member, ...] = (),
) -> Connection:
    """Seal the credentials; commit connection, tags, event and what else belongs to it together.

    Raises ``ConflictError`` when another write came between.
    """
    sealed = deps.vault.seal_credentials(connection.key, credentials)
    connection = replace(connection, sealed_credentials=sealed)
    event = auth_events.connected(
        connection, replaced=replaces is not None, operation_id=operation_id, now=deps.now()
    )
    deps.connections.write(
        deps.connections.put_write(connection, replaces=replaces),
        *deps.tags.writes(connection, previous=replaces),
        deps.outbox.write(event),
        *also,
    )
    return connection


def _record(connection: Connection) -> None:
    observability.count("ConnectionAuthorized")
    # Fewer scopes than asked for are the end user's good right, and worth knowing.
    if not set(connection.requested_scopes) <= set(connection.granted_scopes):
        observability.count("ScopesNarrowed")
        observability.info(
            "scopes_narrowed",
            connection_id=connection.key.connection_id,
            integration_id=connection.key.integration_id,
        )
