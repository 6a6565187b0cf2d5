"""Applies refreshed credentials whose commit failed after the provider rotated (design §5)."""

from dataclasses import replace

from carrick.domain import refresh_policy
from carrick.errors import ConflictError
from carrick.queues.journal import JournalEntry
from carrick.store.connections import ConnectionStore, Fence, RefreshCommit


def apply(entry: JournalEntry, connections: ConnectionStore) -> str:
    """Commit under the same condition as the first try; ``superseded`` if the world moved on.

    Nothing is decrypted: what was sealed then is stored as it is.
    """
    state = refresh_policy.after_success(entry.refreshed_at)
    commit = RefreshCommit(
        sealed_credentials=entry.sealed_credentials,
        expires_at=entry.expires_at,
        refreshable=entry.refreshable,
        granted_scopes=entry.granted_scopes,
        refresh=replace(state, refresh_at=entry.refresh_at),
    )
    try:
        fence = Fence(entry.key, entry.id, entry.version, entry.lease_owner)
        connections.write(connections.commit_write(fence, commit))
    except ConflictError:
        return "superseded"
    return "applied"
