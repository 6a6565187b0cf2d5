"""Lists of connections, answered by indexes that project facts only: no list can touch a secret.

``by_environment``, ``by_integration`` and ``by_error`` sort by creation, newest first. ``due``
holds what the schedule should look at, by shard and time. Indexes are eventually consistent: a
connection made a moment ago may be missing from a list, never from ``ConnectionStore.get``.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from carrick.models.connection import ConnectionKey, ConnectionSummary
from carrick.store.batch_reads import batch_get
from carrick.store.connection_items import key_of, listed_at, primary_key, summary_from_item
from carrick.store.items import batches, composite, query_pages

SUMMARY_ATTRIBUTES = (
    "pk",
    "id",
    "provider",
    "created_at",
    "tags",
    "end_user",
    "metadata",
    "error_code",
    "error_operation_id",
)


class ConnectionLists:
    """Queries over the indexes of ConnectionsTable."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def of_environment(self, environment_id: str) -> Iterator[ConnectionSummary]:
        """All connections of an environment, newest first."""
        return self._newest_first("by_environment", "environment_id", environment_id)

    def failing(self, environment_id: str) -> Iterator[ConnectionSummary]:
        """The connections whose last refresh failed, newest first."""
        return self._newest_first("by_error", "error_key", environment_id)

    def of_integrations(
        self, environment_id: str, integration_ids: Sequence[str]
    ) -> Iterator[ConnectionSummary]:
        """The connections of these integrations, newest first across them."""
        lists = [
            self._newest_first(
                "by_integration", "integration_key", composite(environment_id, integration_id)
            )
            for integration_id in sorted(set(integration_ids))
        ]
        return heapq.merge(*lists, key=listed_at, reverse=True)

    def summaries(self, keys: Iterable[ConnectionKey]) -> Iterator[ConnectionSummary]:
        """The facts of these connections, in the order of the keys; those deleted are left out."""
        for batch in batches(keys, 100):
            found = {
                row.key: row
                for row in map(
                    summary_from_item,
                    batch_get(
                        self._client,
                        self._table,
                        [primary_key(key) for key in dict.fromkeys(batch)],
                        ProjectionExpression=", ".join(f"#{n}" for n in SUMMARY_ATTRIBUTES),
                        ExpressionAttributeNames={f"#{n}": n for n in SUMMARY_ATTRIBUTES},
                    ),
                )
            }
            yield from (found[key] for key in batch if key in found)

    def has_any(self, environment_id: str, integration_id: str) -> bool:
        """Whether an integration has a connection."""
        return next(self.of_integrations(environment_id, [integration_id]), None) is not None

    def due(self, shard: int, *, until: float, limit: int) -> Iterator[ConnectionKey]:
        """Connections of a shard that should be looked at by now, longest waiting first."""
        left = limit
        for page in query_pages(
            self._client,
            TableName=self._table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND refresh_at <= :until",
            ExpressionAttributeValues={
                ":shard": {"S": f"due#{shard}"},
                ":until": {"N": repr(until)},
            },
            ProjectionExpression="pk",
            Limit=min(limit, 1000),
        ):
            for item in page:
                yield key_of(item["pk"]["S"])
                left -= 1
                if left == 0:
                    return

    def _newest_first(self, index: str, name: str, value: str) -> Iterator[ConnectionSummary]:
        for page in query_pages(
            self._client,
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression=f"{name} = :value",
            ExpressionAttributeValues={":value": {"S": value}},
            ScanIndexForward=False,
        ):
            yield from map(summary_from_item, page)
