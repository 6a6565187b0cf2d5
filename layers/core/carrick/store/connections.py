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

from botocore.exceptions import ClientError

from carrick.clock import Clock
from carrick.errors import ConflictError
from carrick.models.connection import Connection, ConnectionKey, RefreshState
from carrick.store import connection_items
from carrick.store.connection_items import primary_key
from carrick.store.items import cancelled_members, condition_failed, to_attribute


@dataclass(frozen=True, slots=True)
class RefreshCommit:
    """What a successful refresh stores."""

    sealed_credentials: bytes
    expires_at: float | None
    refreshable: bool
    granted_scopes: tuple[str, ...]
    refresh: RefreshState


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

    def put_write(self, connection: Connection, *, replaces: Connection | None) -> dict[str, Any]:
        """A transaction member that stores a connection.

        New: only if there is none. Replacing: only onto the very connection that was read
        (``id``): one deleted, or deleted and made again, in the meantime is not overwritten.
        """
        put: dict[str, Any] = {
            "TableName": self._table,
            "Item": connection_items.to_item(connection, self._shards),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if replaces is not None:
            put["ConditionExpression"] = "id = :id AND #version = :version"
            put["ExpressionAttributeNames"] = {"#version": "version"}
            put["ExpressionAttributeValues"] = {
                ":id": to_attribute(replaces.id),
                ":version": to_attribute(replaces.version),
            }
        return {"Put": put}

    def delete_write(self, connection: Connection) -> dict[str, Any]:
        """A transaction member that deletes this connection, not a later one of the same name."""
        return {
            "Delete": {
                "TableName": self._table,
                "Key": primary_key(connection.key),
                "ConditionExpression": "id = :id",
                "ExpressionAttributeValues": {":id": to_attribute(connection.id)},
            }
        }

    def edit_write(self, connection: Connection, changes: Mapping[str, Any]) -> dict[str, Any]:
        """A transaction member for a customer's edit, if what it changes is as it was read.

        Leaves ``version`` alone on purpose: if edits moved it, an edit during a refresh would fail
        the commit of a token that the provider has rotated already.
        """
        stored = connection_items.to_values(connection, self._shards)
        edited = {**changes, "updated_at": self._now()}
        values = {":id": to_attribute(connection.id)}
        conditions = ["id = :id"]
        for name in changes:
            if stored[name] is None:
                conditions.append(f"attribute_not_exists(#{name})")
            else:
                values[f":was_{name}"] = to_attribute(stored[name])
                conditions.append(f"#{name} = :was_{name}")
        return {
            "Update": {
                "TableName": self._table,
                "Key": primary_key(connection.key),
                "ConditionExpression": " AND ".join(conditions),
                **_update(edited, values),
            }
        }

    # ------------------------------------------------------------ refresh

    def lease(self, connection: Connection, *, owner: str, until: float) -> Connection | None:
        """Take the right to refresh, on the version that was read.

        ``None`` if somebody holds it, the version moved on, or the connection is gone. This write
        is also the record that a refresh was sent (intent), and proof that the partition takes
        writes, before the provider is asked to rotate anything.
        """
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=primary_key(connection.key),
                ConditionExpression="id = :id AND #version = :version AND lease_until < :now",
                UpdateExpression="SET lease_owner = :owner, lease_until = :until",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={
                    ":id": to_attribute(connection.id),
                    ":version": to_attribute(connection.version),
                    ":now": to_attribute(self._now()),
                    ":owner": to_attribute(owner),
                    ":until": to_attribute(until),
                },
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if condition_failed(error):
                return None
            raise
        return connection_items.from_item(answer["Attributes"])

    def commit_write(self, fence: Fence, commit: RefreshCommit) -> dict[str, Any]:
        """The write of refreshed credentials, for a transaction or alone.

        Fenced by version and lease owner only: nothing that a customer edits can fail it.
        """
        changes = {
            "sealed_credentials": commit.sealed_credentials,
            "expires_at": commit.expires_at,
            "refreshable": commit.refreshable,
            "granted_scopes": list(commit.granted_scopes),
            "version": fence.version + 1,
            "updated_at": self._now(),
            **connection_items.refresh_attributes(fence.key, commit.refresh, self._shards),
        }
        return {"Update": self._fenced(fence, changes)}

    def failure_write(self, fence: Fence, refresh: RefreshState) -> dict[str, Any]:
        """The write that records a failed refresh and releases the lease."""
        changes = connection_items.refresh_attributes(fence.key, refresh, self._shards)
        return {"Update": self._fenced(fence, changes)}

    def _fenced(self, fence: Fence, changes: Mapping[str, Any]) -> dict[str, Any]:
        update = _update(
            changes,
            {
                ":expected_version": to_attribute(fence.version),
                ":owner": to_attribute(fence.lease_owner),
                ":id": to_attribute(fence.id),
            },
        )
        update["ExpressionAttributeNames"]["#expected_version"] = "version"
        return {
            "TableName": self._table,
            "Key": primary_key(fence.key),
            "ConditionExpression": (
                "id = :id AND #expected_version = :expected_version AND lease_owner = :owner"
            ),
            **update,
        }

    # ------------------------------------------------------------ effects

    def write(self, *members: dict[str, Any]) -> None:
        """Commit these members together; one alone is a plain request, at half the price.

        Raises ``ConflictError`` when a condition failed.
        """
        try:
            if len(members) > 1:
                self._client.transact_write_items(TransactItems=list(members))
                return
            ((kind, request),) = members[0].items()
            operation = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
            getattr(self._client, operation)(**request)
        except ClientError as error:
            if condition_failed(error) or "ConditionalCheckFailed" in cancelled_members(error):
                raise ConflictError("The connection changed in the meantime.") from error
            raise

    def stamp_fetched(self, connection: Connection, refresh_at: float | None) -> None:
        """Note that the connection is in use, and when it is due because of that.

        Called at most once an hour per connection. Losing it to a refresh in flight is fine.
        """
        changes: dict[str, Any] = {"last_fetched_at": self._now()}
        if refresh_at is not None:
            changes |= {
                "refresh_at": refresh_at,
                "due_shard": connection_items.due_shard(connection.key, self._shards),
            }
        condition = {
            ":id": to_attribute(connection.id),
            ":expected_version": to_attribute(connection.version),
        }
        update = _update(changes, condition)
        update["ExpressionAttributeNames"]["#expected_version"] = "version"
        try:
            self._client.update_item(
                TableName=self._table,
                Key=primary_key(connection.key),
                ConditionExpression="id = :id AND #expected_version = :expected_version",
                **update,
            )
        except ClientError as error:
            if not condition_failed(error):
                raise


def _update(changes: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """SET what has a value, REMOVE what is ``None``."""
    names = {f"#{name}": name for name in changes}
    sets = [f"#{name} = :{name}" for name, value in changes.items() if value is not None]
    removes = [f"#{name}" for name, value in changes.items() if value is None]
    for name, value in changes.items():
        if value is not None:
            values[f":{name}"] = to_attribute(value)
    expression = "SET " + ", ".join(sets) if sets else ""
    if removes:
        expression += " REMOVE " + ", ".join(removes)
    return {
        "UpdateExpression": expression.strip(),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
