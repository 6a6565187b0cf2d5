"""Many items of one table in few requests."""

from collections.abc import Iterable
from typing import Any

from carrick.store.items import Item, batches

MAX_KEYS = 100


def batch_get(client: Any, table: str, keys: Iterable[Item], **options: Any) -> list[Item]:
    """The items of these keys that exist, in no order, read consistently.

    ``options`` are members of ``BatchGetItem``'s ``KeysAndAttributes``. What DynamoDB leaves
    unprocessed (16 MB, or throttled) is asked for again at once: it always answers part of a batch.
    """
    found: list[Item] = []
    for batch in batches(keys, MAX_KEYS):
        remaining = {table: {"Keys": batch, "ConsistentRead": True, **options}}
        while remaining:
            answer = client.batch_get_item(RequestItems=remaining)
            found += answer["Responses"].get(table, [])
            remaining = answer.get("UnprocessedKeys") or {}
    return found
