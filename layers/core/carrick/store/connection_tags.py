"""ConnectionTagsTable: one row per way a connection can be looked up by what it belongs to.

Key ``pk`` = environment # SHA-256 of (kind, name, value): values are customers' text and may hold
any character. ``sk`` sorts as lists do. Rows are written in the transaction that changes the
connection, so that a filter never misses one. They hold no facts but the connection's key.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from carrick.models.connection import Connection, ConnectionKey
from carrick.store.connection_items import key_of, listed_at, pk_of
from carrick.store.items import composite, query_pages

Entry = tuple[str, str, str]
"""Kind (``tag``, ``end_user``, ``organization``, ``connection``, ``installation``), name, value."""


def entries(connection: Connection) -> set[Entry]:
    """All ways to look this connection up."""
    found: set[Entry] = {("connection", "", connection.key.connection_id)}
    found |= {("tag", name, value) for name, value in connection.tags.items()}
    end_user = connection.end_user or {}
    organization = end_user.get("organization") or {}
    if end_user.get("id"):
        found.add(("end_user", "", str(end_user["id"])))
    if organization.get("id"):
        found.add(("organization", "", str(organization["id"])))
    if connection.awaits:
        found.add(installation(connection.key.integration_id, connection.awaits))
    return found


def installation(integration_id: str, awaits: str) -> Entry:
    """The way to the connections of an integration that wait for this installation."""
    return ("installation", integration_id, awaits)


class ConnectionTagStore:
    """Members for transactions, and look-ups."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def writes(self, connection: Connection, *, previous: Connection | None) -> list[Any]:
        """Transaction members that bring the rows from one state of a connection to another."""
        after = entries(connection)
        before = entries(previous) if previous is not None else set()
        return [
            *({"Put": self._row(connection, entry)} for entry in sorted(after - before)),
            *(self._delete(connection, entry) for entry in sorted(before - after)),
        ]

    def deletes(self, connection: Connection) -> list[Any]:
        """Transaction members that remove every row of a connection."""
        return [self._delete(connection, entry) for entry in sorted(entries(connection))]

    def find(self, environment_id: str, entry: Entry) -> Iterator[ConnectionKey]:
        """Keys of the connections with this entry, newest first."""
        for page in query_pages(
            self._client,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _pk(environment_id, entry)}},
            ScanIndexForward=False,
        ):
            for item in page:
                yield key_of(item["connection_pk"]["S"])

    def _row(self, connection: Connection, entry: Entry) -> dict[str, Any]:
        item = {**self._key(connection, entry), "connection_pk": {"S": pk_of(connection.key)}}
        return {"TableName": self._table, "Item": item}

    def _delete(self, connection: Connection, entry: Entry) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": self._key(connection, entry)}}

    def _key(self, connection: Connection, entry: Entry) -> dict[str, Any]:
        pk = _pk(connection.key.environment_id, entry)
        return {"pk": {"S": pk}, "sk": {"S": listed_at(connection)}}


def _pk(environment_id: str, entry: Entry) -> str:
    digest = hashlib.sha256(json.dumps(entry, ensure_ascii=False).encode()).hexdigest()
    return composite(environment_id, digest)
