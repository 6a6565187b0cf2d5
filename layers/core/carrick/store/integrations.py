"""IntegrationsTable: integrations with their sealed secrets.

Key ``environment_id``, ``integration_id``. Guarantees: an id names one integration of its
environment; a change is stored only onto what it was made from; lists cannot touch a secret.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from botocore.exceptions import ClientError

from carrick.errors import ConflictError
from carrick.models.integration import Integration
from carrick.store.batch_reads import batch_get
from carrick.store.items import (
    FORMAT,
    Item,
    cancelled_members,
    condition_failed,
    from_item,
    query_pages,
    to_attribute,
    to_item,
)

_FIELDS = tuple(field.name for field in fields(Integration))
_FACTS = tuple(name for name in _FIELDS if not name.startswith("sealed_"))
_LOST = {"ConditionalCheckFailed", "TransactionConflict"}
_IS_NEW = "attribute_not_exists(environment_id)"


class IntegrationStore:
    """Takes a DynamoDB client and the table's name."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, environment_id: str, integration_id: str) -> Integration | None:
        """The integration, read consistently."""
        answer = self._client.get_item(
            TableName=self._table, Key=_key(environment_id, integration_id), ConsistentRead=True
        )
        return integration_from_item(answer["Item"]) if "Item" in answer else None

    def list(self, environment_id: str) -> Sequence[Integration]:
        """The facts of an environment's integrations, by id; ``sealed_*`` are left empty."""
        names = {f"#{name}": name for name in _FACTS}
        pages = query_pages(
            self._client,
            TableName=self._table,
            KeyConditionExpression="environment_id = :environment",
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":environment": {"S": environment_id}},
            ConsistentRead=True,
        )
        return [integration_from_item(item) for page in pages for item in page]

    def has_any(self, environment_id: str) -> bool:
        """Whether the environment has an integration."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="environment_id = :environment",
            ProjectionExpression="integration_id",
            ExpressionAttributeValues={":environment": {"S": environment_id}},
            ConsistentRead=True,
            Limit=1,
        )
        return bool(answer["Count"])

    def existing(self, environment_id: str, ids: Iterable[str]) -> set[str]:
        """Which of these ids are integrations of the environment. One request per hundred."""
        keys = [_key(environment_id, integration_id) for integration_id in sorted(set(ids))]
        found = batch_get(self._client, self._table, keys, ProjectionExpression="integration_id")
        return {str(from_item(item)["integration_id"]) for item in found}

    def create(self, integration: Integration) -> None:
        """Store a new integration. ``ConflictError`` if its id is taken."""
        try:
            self._client.put_item(
                TableName=self._table, Item=_to_item(integration), ConditionExpression=_IS_NEW
            )
        except ClientError as error:
            if condition_failed(error):
                raise _taken() from error
            raise

    def update(self, integration: Integration, *, replaces: Integration) -> None:
        """Store a changed integration, under its new id if that changed.

        Raises ``ConflictError`` (``unique_key_taken``) if the new id is taken, ``ConflictError``
        if ``replaces`` is no longer what is stored.
        """
        # Closes the race of two edits, of which the slower would undo the faster.
        unchanged = {
            "TableName": self._table,
            "ConditionExpression": "created_at = :created_at AND updated_at = :updated_at",
            "ExpressionAttributeValues": {
                ":created_at": to_attribute(replaces.created_at),
                ":updated_at": to_attribute(replaces.updated_at),
            },
        }
        item = _to_item(integration)
        try:
            if integration.integration_id == replaces.integration_id:
                self._client.put_item(Item=item, **unchanged)
                return
            old = _key(replaces.environment_id, replaces.integration_id)
            new = {"TableName": self._table, "Item": item, "ConditionExpression": _IS_NEW}
            members = [{"Put": new}, {"Delete": {"Key": old, **unchanged}}]
            self._client.transact_write_items(TransactItems=members)
        except ClientError as error:
            if cancelled_members(error)[:1] == ["ConditionalCheckFailed"]:
                raise _taken() from error
            if condition_failed(error) or _LOST & set(cancelled_members(error)):
                raise ConflictError("The integration changed in the meantime.") from error
            raise

    def delete(self, environment_id: str, integration_id: str) -> None:
        """Delete an integration, if it is there."""
        self._client.delete_item(TableName=self._table, Key=_key(environment_id, integration_id))


def _taken() -> ConflictError:
    return ConflictError("An integration of that unique_key exists.", code="unique_key_taken")


def _key(environment_id: str, integration_id: str) -> Item:
    return to_item({"environment_id": environment_id, "integration_id": integration_id})


def _to_item(integration: Integration) -> Item:
    values = {name: value for name, value in asdict(integration).items() if value != b""}
    return to_item({**values, "format": FORMAT})


def integration_from_item(item: Mapping[str, Any]) -> Integration:
    values = {name: value for name, value in from_item(Item(item)).items() if name in _FIELDS}
    for name in ("scopes", "allowed_hosts", "secret_inputs"):
        values[name] = tuple(values.get(name, ()))
    return Integration(**values)
