"""UnconfirmedTable: authorizations that wait for a word. Key ``pk`` = SHA-256 of the confirm code.

TTL attribute ``purge_at``. No API reads from it. A row that has expired is never returned, since
TTL deletes hours late, and is taken out at most once: by the transaction that makes its connection.
"""

from dataclasses import asdict
from typing import Any

from carrick.clock import Clock
from carrick.models.confirmation import Granted, Unconfirmed
from carrick.models.flow import Flow
from carrick.store.items import FORMAT, Item, check_format, from_item, to_attribute, to_item


class UnconfirmedStore:
    """Authorizations without a connection, by the hash of their confirm code."""

    def __init__(self, client: Any, table: str, *, now: Clock) -> None:
        self._client = client
        self._table = table
        self._now = now

    def write(self, waiting: Unconfirmed) -> dict[str, Any]:
        """A transaction member: store it. Its code is 256 random bits, so nothing can be there."""
        values = asdict(waiting)
        values["pk"] = values.pop("code_hash")
        values["purge_at"] = int(waiting.expires_at)
        values["format"] = FORMAT
        return {"Put": {"TableName": self._table, "Item": to_item(values)}}

    def get(self, code_hash: str) -> Unconfirmed | None:
        """The one that this code confirms, if it has time left."""
        answer = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": code_hash}}, ConsistentRead=True
        )
        waiting = _from_item(answer["Item"]) if "Item" in answer else None
        return waiting if waiting is not None and waiting.expires_at > self._now() else None

    def remove(self, code_hash: str) -> dict[str, Any]:
        """A transaction member: take it out, if it is there and has time left.

        Closes the race of two confirmations with one code, and with the end of its time.
        """
        return {
            "Delete": {
                "TableName": self._table,
                "Key": {"pk": {"S": code_hash}},
                "ConditionExpression": "expires_at > :now",
                "ExpressionAttributeValues": {":now": to_attribute(self._now())},
            }
        }


def _from_item(item: Item) -> Unconfirmed:
    values = from_item(item)
    check_format(values)
    values["code_hash"] = values.pop("pk")
    for name in ("purge_at", "format"):
        values.pop(name)
    flow, granted = values["flow"], values["granted"]
    flow["requested_scopes"] = tuple(flow["requested_scopes"])
    if "granted_scopes" in granted:
        granted["granted_scopes"] = tuple(granted["granted_scopes"])
    return Unconfirmed(**{**values, "flow": Flow(**flow), "granted": Granted(**granted)})
