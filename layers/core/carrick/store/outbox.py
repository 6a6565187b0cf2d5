"""The outbox table: events, each written in the transaction of the change that it tells of.

Key ``pk`` = event id; TTL attribute ``purge_at``, 30 days after the event, until when it can be
replayed. The table's stream feeds the webhook relay. Items hold no secret.

Guarantees: an event exists exactly if the change that it tells of was committed; an event is
never rewritten.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from botocore.exceptions import ClientError

from carrick.models.events import AuthEvent, Operation
from carrick.store.items import FORMAT, Item, condition_failed, from_item, to_item

RETENTION_SECONDS = 30 * 86_400

_FIELDS = tuple(field.name for field in fields(AuthEvent))


class Outbox:
    """Takes a DynamoDB client and the table's name."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def write(self, event: AuthEvent) -> dict[str, Any]:
        """The member of ``TransactWriteItems`` that commits this event with its change."""
        return {"Put": self._put_request(event)}

    def put(self, event: AuthEvent) -> None:
        """Write an event that tells of no stored change (a failed creation)."""
        try:
            self._client.put_item(**self._put_request(event))
        except ClientError as error:
            # The id is new for each event: it can only be there because an earlier try of this
            # very request arrived and its answer was lost.
            if not condition_failed(error):
                raise

    def get(self, environment_id: str, event_id: str) -> AuthEvent | None:
        """The event, or ``None`` if it was purged or belongs to another environment."""
        answer = self._client.get_item(
            TableName=self._table,
            Key={"pk": {"S": event_id}},
            # Without it, an event that was just relayed could look as if it had been purged.
            ConsistentRead=True,
        )
        event = event_from_item(answer["Item"]) if "Item" in answer else None
        return event if event and event.environment_id == environment_id else None

    def _put_request(self, event: AuthEvent) -> dict[str, Any]:
        values = {
            **{name: getattr(event, name) for name in _FIELDS},
            "operation": event.operation.value,
            "pk": event.event_id,
            "format": FORMAT,
            "purge_at": int(event.created_at) + RETENTION_SECONDS,
        }
        return {
            "TableName": self._table,
            "Item": to_item(values),
            # Closes the race of two tries of one write: the second does not emit the event again.
            "ConditionExpression": "attribute_not_exists(pk)",
        }


def event_from_item(item: Mapping[str, Any]) -> AuthEvent:
    """The event of an item of the table, or of an image in its stream."""
    values = {name: value for name, value in from_item(Item(item)).items() if name in _FIELDS}
    return AuthEvent(**{**values, "operation": Operation(values["operation"])})
