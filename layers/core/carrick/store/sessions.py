"""SessionsTable: connect sessions. Key ``pk`` = SHA-256 of the token; TTL attribute ``purge_at``.

A token that has ended is never returned: expiry is compared here, since TTL deletes hours late. A
session's result is written only while the session is there and live, in the transaction that makes
the connection (``write_result``).
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from carrick.clock import Clock, iso_offset
from carrick.models.environment import hash_token
from carrick.models.session import ConnectSession, IntegrationDefaults, Reconnect
from carrick.store.items import FORMAT, Item, from_item, to_attribute, to_item

# A deleted or ended session answers "expired" for a while; after that it is merely unknown.
KEPT_SECONDS = 86_400


class SessionStore:
    """Connect sessions by token or by the hash of it."""

    def __init__(self, client: Any, table: str, *, now: Clock) -> None:
        self._client = client
        self._table = table
        self._now = now

    def put(self, session: ConnectSession) -> None:
        """Store a new session."""
        self._client.put_item(TableName=self._table, Item=_to_item(session))

    def get(self, token: str) -> ConnectSession | None:
        """The live session of this token."""
        return self.get_by_hash(hash_token(token))

    def get_by_hash(self, token_hash: str) -> ConnectSession | None:
        """The live session with this hash, read consistently."""
        answer = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": token_hash}}, ConsistentRead=True
        )
        if "Item" not in answer:
            return None
        session = session_from_item(answer["Item"])
        return session if session.expires_at > self._now() else None

    def delete(self, token_hash: str) -> None:
        """End a session. Its token, and every flow begun with it, is refused from now on."""
        self._client.delete_item(TableName=self._table, Key={"pk": {"S": token_hash}})

    def write_result(
        self, token_hash: str, result: Mapping[str, str], *, confirms: bool = False
    ) -> dict[str, Any]:
        """A transaction member: record the outcome, if the session still lives.

        Closes the race with ``delete`` and with expiry while the provider was answering.
        ``confirms``: this is the one connection of a session whose connection is confirmed. After
        it nothing is recorded any more, so that of two confirmations one is too late. ``ended_at``
        tells two outcomes apart that are the same otherwise.
        """
        now = self._now()
        changes = "SET #result = :result"
        return {
            "Update": {
                "TableName": self._table,
                "Key": {"pk": {"S": token_hash}},
                "UpdateExpression": f"{changes}, confirmed_at = :now" if confirms else changes,
                "ConditionExpression": (
                    "attribute_exists(pk) AND expires_at > :now"
                    " AND attribute_not_exists(confirmed_at)"
                ),
                "ExpressionAttributeNames": {"#result": "result"},
                "ExpressionAttributeValues": {
                    ":result": to_attribute({**result, "ended_at": iso_offset(now)}),
                    ":now": to_attribute(now),
                },
            }
        }

    def record_failure(self, token_hash: str, result: Mapping[str, str]) -> None:
        """Let the page that polls see that the flow failed. A session that has ended stays so."""
        member = self.write_result(token_hash, result)["Update"]
        try:
            self._client.update_item(**member)
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _to_item(session: ConnectSession) -> Item:
    values = asdict(session)
    values["pk"] = values.pop("token_hash")
    values["purge_at"] = int(session.expires_at + KEPT_SECONDS)
    values["format"] = FORMAT
    return to_item(values)


def session_from_item(item: Item) -> ConnectSession:
    values = from_item(item)
    values["token_hash"] = values.pop("pk")
    for name in ("purge_at", "format"):
        values.pop(name)
    values["allowed_integrations"] = tuple(values["allowed_integrations"])
    values["allowed_origins"] = tuple(values["allowed_origins"])
    values["defaults"] = {name: _defaults(part) for name, part in values["defaults"].items()}
    if "reconnect" in values:
        values["reconnect"] = Reconnect(**values["reconnect"])
    return ConnectSession(**values)


def _defaults(part: dict[str, Any]) -> IntegrationDefaults:
    if "scopes_override" in part:
        part["scopes_override"] = tuple(part["scopes_override"])
    return IntegrationDefaults(**part)
