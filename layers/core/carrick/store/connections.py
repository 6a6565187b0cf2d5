"""ConnectionsTable: facts and sealed credentials of a connection, in one item.

Key ``pk`` = environment # integration # connection. Guarantees:

* a lease has one owner until its deadline; one that ran out unreleased can be taken over
* credentials are committed only by the owner of the lease, onto the version it read
* a customer's edit (tags, metadata) never fails a commit, and never touches credentials
* a refresh never brings a deleted connection back

Reading is one strongly consistent request; so is a commit without an event. The indexes project
facts only (``store.connection_lists``), so no list can touch a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from carrick import observability
from carrick.clock import Clock
from carrick.models.connection import Connection, ConnectionKey, RefreshState
from carrick.store import connection_items
from carrick.store.conditional_writes import Member, commit, only_if, update_of
from carrick.store.connection_items import primary_key
from carrick.store.items import condition_failed, is_contended, to_attribute


@dataclass(frozen=True, slots=True)
class RefreshCommit:
    """What a successful refresh stores."""

    sealed_credentials: bytes
    expires_at: float | None
    refreshable: bool
    granted_scopes: tuple[str, ...]
    refresh: RefreshState

    @classmethod
    def of(cls, refreshed: Connection) -> "RefreshCommit":
        """The parts of a refreshed connection that a refresh may change."""
        return cls(
            sealed_credentials=refreshed.sealed_credentials,
            expires_at=refreshed.expires_at,
            refreshable=refreshed.refreshable,
            granted_scopes=refreshed.granted_scopes,
            refresh=refreshed.refresh,
        )


@dataclass(frozen=True, slots=True)
class Fence:
    """What a commit is conditional on: this connection, this version, this lease."""

    key: ConnectionKey
    id: int
    version: int
    lease_owner: str

    @classmethod
    def of(cls, leased: Connection) -> "Fence":
        """The fence of a connection whose lease was just taken."""
        return cls(leased.key, leased.id, leased.version, leased.refresh.lease_owner)


class ConnectionStore:
    """Reads and conditional writes of one connection at a time."""

    def __init__(self, client: Any, table: str, *, shards: int = 1, now: Clock) -> None:
        self._client = client
        self._table = table
        self._shards = shards
        self._now = now

    def get(self, key: ConnectionKey) -> Connection | None:
        """The connection, read consistently."""
        answer = self._client.get_item(
            TableName=self._table, Key=primary_key(key), ConsistentRead=True
        )
        return connection_items.from_item(answer["Item"]) if "Item" in answer else None

    # ------------------------------------------------------------ transaction members

    def put_write(self, connection: Connection, *, replaces: Connection | None) -> Member:
        """A transaction member that stores a connection.

        New: only if there is none. Replacing: only onto the very connection that was read, with no
        refresh and no edit in between: it would be undone, and its tag rows left behind.
        """
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": connection_items.to_item(connection, self._shards),
        }
        if replaces is None:
            return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
        # An edit leaves the version alone and moves ``updated_at``.
        return {"Put": only_if(put, self._as_read(replaces, "version", "updated_at"))}

    def delete_write(self, connection: Connection) -> Member:
        """A transaction member that deletes this connection, not a later one of the same name.

        Conditional on what its tag rows were made of, so that all of them go with it, and on the
        version, so that what is kept for revocation are the newest tokens.
        """
        delete = {"TableName": self._table, "Key": primary_key(connection.key)}
        return {"Delete": only_if(delete, self._as_read(connection, "version", "tags", "end_user"))}

    def edit_write(self, connection: Connection, changes: Mapping[str, Any]) -> Member:
        """A transaction member for a customer's edit, if what it changes is as it was read.

        Leaves ``version`` alone on purpose: if edits moved it, an edit during a refresh would fail
        the commit of a token that the provider has rotated already.
        """
        update = self._update(connection.key, {**changes, "updated_at": self._now()})
        return {"Update": only_if(update, self._as_read(connection, *changes))}

    # ------------------------------------------------------------ refresh

    def lease(self, connection: Connection, *, owner: str, until: float) -> Connection | None:
        """Take the right to refresh a connection that is as it was read.

        ``None`` if somebody holds it or has tried since, the version moved on, or the connection is
        gone. This write is also the record that a refresh was sent (intent), and proof that the
        partition takes writes, before the provider is asked to rotate anything.
        """
        update = self._update(connection.key, {"lease_owner": owner, "lease_until": until})
        update["ConditionExpression"] = "lease_until < :now"
        update["ExpressionAttributeValues"][":now"] = to_attribute(self._now())
        # ``attempts`` grows with each failure: who read before one must not ask right after it.
        expected = self._as_read(connection, "version", "lease_owner", "attempts")
        try:
            answer = self._client.update_item(
                **only_if(update, expected),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if is_contended(error):
                return None
            if not condition_failed(error):
                raise
            # The answer to a try before this one was lost, and the lease is ours.
            held = error.response.get("Item", {})
            if held.get("lease_owner") == to_attribute(owner):
                return connection_items.from_item(held)
            return None
        return connection_items.from_item(answer["Attributes"])

    def commit_write(self, fence: Fence, refreshed: RefreshCommit) -> Member:
        """The write of refreshed credentials, for a transaction or alone.

        Fenced by version and lease owner only: nothing that a customer edits can fail it.
        """
        changes = {
            "sealed_credentials": refreshed.sealed_credentials,
            "expires_at": refreshed.expires_at,
            "refreshable": refreshed.refreshable,
            "granted_scopes": list(refreshed.granted_scopes),
            "version": fence.version + 1,
            "updated_at": self._now(),
            **connection_items.refresh_attributes(fence.key, refreshed.refresh, self._shards),
        }
        return {"Update": self._fenced(fence, changes)}

    def failure_write(self, fence: Fence, refresh: RefreshState) -> Member:
        """The write that records a failed refresh and releases the lease."""
        changes = connection_items.refresh_attributes(fence.key, refresh, self._shards)
        return {"Update": self._fenced(fence, changes)}

    # ------------------------------------------------------------ effects

    def write(self, *members: Member) -> None:
        """Commit these members together. Raises ``ConflictError`` when a condition failed."""
        commit(self._client, *members)

    def stamp_fetched(self, connection: Connection, refresh_at: float | None) -> None:
        """Note that the connection is in use, and when it is due because of that.

        Called at most once an hour per connection. Never raises: no read fails for a stamp. A
        refresh or a failure in between wins (``attempts`` grows with each failure), so that a dead
        connection does not come back into the due index.
        """
        changes: dict[str, Any] = {"last_fetched_at": self._now()}
        if refresh_at is not None:
            shard = connection_items.due_shard(connection.key, self._shards)
            changes |= {"refresh_at": refresh_at, "due_shard": shard}
        update = self._update(connection.key, changes)
        expected = self._as_read(connection, "version", "attempts")
        try:
            self._client.update_item(**only_if(update, expected))
        except (ClientError, BotoCoreError) as error:
            if not (isinstance(error, ClientError) and condition_failed(error)):
                observability.error("fetch_not_stamped", exception=error)

    # ------------------------------------------------------------ requests

    def _update(self, key: ConnectionKey, changes: Mapping[str, Any]) -> dict[str, Any]:
        return {"TableName": self._table, "Key": primary_key(key), **update_of(changes)}

    def _as_read(self, connection: Connection, *names: str) -> dict[str, Any]:
        """The values of these attributes, and which connection it is."""
        values = connection_items.to_values(connection, self._shards)
        return {"id": connection.id, **{name: values[name] for name in names}}

    def _fenced(self, fence: Fence, changes: Mapping[str, Any]) -> dict[str, Any]:
        expected = {"id": fence.id, "version": fence.version, "lease_owner": fence.lease_owner}
        return only_if(self._update(fence.key, changes), expected)
