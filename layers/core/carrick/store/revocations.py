"""RevocationsTable: tokens of deleted connections that the provider is still to be told of.

Key ``pk`` = the deletion's event id; TTL attribute ``purge_at``, a week after the deletion, when
nobody tries any more. Guarantees: an item exists only if its connection was deleted in the same
transaction; a connection that comes back under the same id has no part in it.
"""

import json
from typing import Any

from carrick.models.connection import ConnectionKey
from carrick.models.integration import Integration
from carrick.models.revocation import Revocation
from carrick.store.conditional_writes import Member
from carrick.store.connection_items import to_json
from carrick.store.items import FORMAT, Item, check_format, from_item, to_item

KEPT_SECONDS = 7 * 86_400


class RevocationStore:
    """Takes a DynamoDB client and the table's name."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def write(self, revocation: Revocation) -> Member:
        """The transaction member that keeps what a deletion leaves to be revoked."""
        return {"Put": {"TableName": self._table, "Item": _to_item(revocation)}}

    def get(self, event_id: str) -> Revocation | None:
        """The revocation that a deletion left; ``None`` if there was nothing, or it is done."""
        answer = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": event_id}}, ConsistentRead=True
        )
        return _from_item(answer["Item"]) if "Item" in answer else None

    def delete(self, event_id: str) -> None:
        """Forget it, tokens and all."""
        self._client.delete_item(TableName=self._table, Key={"pk": {"S": event_id}})


def _to_item(revocation: Revocation) -> Item:
    key, integration = revocation.key, revocation.integration
    return to_item(
        {
            "pk": revocation.event_id,
            "format": FORMAT,
            "environment_id": key.environment_id,
            "integration_id": key.integration_id,
            "connection_id": key.connection_id,
            "provider": integration.provider,
            "client_id": integration.client_id,
            "allowed_hosts": integration.allowed_hosts,
            "connection_config": to_json(revocation.connection_config),
            "created_at": revocation.created_at,
            "purge_at": int(revocation.created_at) + KEPT_SECONDS,
            "sealed_client_secret": integration.sealed_client_secret,
            "sealed_credentials": revocation.sealed_credentials,
        }
    )


def _from_item(item: Item) -> Revocation:
    values = from_item(item)
    check_format(values)
    key = ConnectionKey(values["environment_id"], values["integration_id"], values["connection_id"])
    integration = Integration(
        environment_id=key.environment_id,
        integration_id=key.integration_id,
        provider=values["provider"],
        created_at=0.0,
        updated_at=0.0,
        client_id=values["client_id"],
        sealed_client_secret=values["sealed_client_secret"],
        allowed_hosts=tuple(values["allowed_hosts"]),
    )
    return Revocation(
        event_id=values["pk"],
        key=key,
        integration=integration,
        connection_config=json.loads(values["connection_config"]),
        created_at=values["created_at"],
        sealed_credentials=values["sealed_credentials"],
    )
