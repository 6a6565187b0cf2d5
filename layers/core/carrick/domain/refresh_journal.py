"""Refreshed credentials whose commit failed after the provider rotated (design §5).

What is in the journal is newer than what the entry's version holds, whatever other attempts found
since: they could only send the old refresh token. So it is applied as long as the version is the
same, over failures and dead leases; only an attempt that is running now is waited for.
"""

from dataclasses import dataclass, replace

from carrick import identifiers
from carrick.clock import Clock
from carrick.domain import auth_events, refresh_policy
from carrick.errors import ConflictError
from carrick.models.connection import Connection
from carrick.models.events import AuthEvent
from carrick.queues.journal import JournalEntry
from carrick.store.connections import ConnectionStore, Fence, RefreshCommit
from carrick.store.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Dependencies:
    connections: ConnectionStore
    outbox: Outbox
    now: Clock


def entry_of(leased: Connection, refreshed: Connection) -> JournalEntry:
    """The entry that makes this commit good."""
    return JournalEntry(
        key=leased.key,
        id=leased.id,
        version=leased.version,
        lease_owner=leased.refresh.lease_owner,
        sealed_credentials=refreshed.sealed_credentials,
        expires_at=refreshed.expires_at,
        refreshable=refreshed.refreshable,
        granted_scopes=refreshed.granted_scopes,
        refreshed_at=refreshed.refresh.last_success_at or 0.0,
        refresh_at=refreshed.refresh.refresh_at,
    )


def apply(entry: JournalEntry, deps: Dependencies) -> str:
    """``applied``, or ``superseded`` if there are newer credentials or none.

    Nothing is decrypted: what was sealed then is stored as it is. Raises ``ConflictError`` while
    another attempt runs: then the message is to be read again.
    """
    connection = deps.connections.get(entry.key)
    if connection is None or (connection.id, connection.version) != (entry.id, entry.version):
        return "superseded"
    before = connection.refresh
    if before.lease_owner != entry.lease_owner and before.lease_until >= deps.now():
        raise ConflictError("Another refresh is in progress.", code="refresh_in_progress")
    state = replace(refresh_policy.after_success(entry.refreshed_at), refresh_at=entry.refresh_at)
    commit = RefreshCommit(
        sealed_credentials=entry.sealed_credentials,
        expires_at=entry.expires_at,
        refreshable=entry.refreshable,
        granted_scopes=entry.granted_scopes,
        refresh=state,
    )
    # The lease as it was just read: an attempt that begins in between fails this write.
    members = [deps.connections.commit_write(Fence.of(connection), commit)]
    if before.error_code:
        members.append(deps.outbox.write(_recovered(connection, deps.now())))
    deps.connections.write(*members)
    return "applied"


def _recovered(connection: Connection, now: float) -> AuthEvent:
    operation_id = connection.refresh.error_operation_id or identifiers.new_operation_id()
    recovered = replace(connection, version=connection.version + 1)
    return auth_events.refresh_recovered(recovered, operation_id=operation_id, now=now)
