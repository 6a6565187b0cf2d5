"""Transactions as DynamoDB has them: undone without a trace, and done once however often sent.

moto copies whole tables, once per member, and puts the copies in the tables' place to undo: a
hundred members take seconds, and whoever holds a table's stream holds the wrong one afterwards.
It also does a transaction again whose answer was lost and that the client therefore repeats.
"""

import copy
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from local.http_messages import JSON, HttpResponse

MAX_TOKENS = 1000

_transact_of_moto = DynamoDBBackend.transact_write_items


def _transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    undo = [
        _undo(table, operation)
        for member in transact_items
        for operation in member.values()
        if (table := self.tables.get(operation.get("TableName", ""))) is not None
    ]
    try:
        _transact_of_moto(self, transact_items)
    except Exception:
        for put_back in undo:
            put_back()
        raise


def _undo(table: Table, operation: dict[str, Any]) -> Callable[[], None]:
    """What puts one item, and the end of the table's stream, back as they are now."""
    key = operation.get("Key") or operation["Item"]
    hash_key = DynamoType(key[table.hash_key_attr])
    range_key = None if table.range_key_attr is None else DynamoType(key[table.range_key_attr])
    before = copy.deepcopy(table.get_item(hash_key, range_key))
    shard = table.stream_shard
    length = len(shard.items) if shard is not None else 0

    def put_back() -> None:
        _set(table, hash_key, range_key, before)
        if shard is not None:
            del shard.items[length:]

    return put_back


def _set(table: Table, hash_key: DynamoType, range_key: DynamoType | None, item: Any) -> None:
    if range_key is not None:
        if item is not None:
            table.items[hash_key][range_key] = item
        elif hash_key in table.items:
            table.items[hash_key].pop(range_key, None)
    elif item is not None:
        table.items[hash_key] = item
    else:
        table.items.pop(hash_key, None)


def _same_table(self: Table, memo: dict[int, Any]) -> Table:
    """The copy that moto takes to undo with is the table: undoing is done above."""
    return self


DynamoDBBackend.transact_write_items = _transact  # type: ignore[method-assign]
Table.__deepcopy__ = _same_table  # type: ignore[attr-defined]


class Tokens:
    """The answers to transactions by their ``ClientRequestToken``."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[bytes, HttpResponse]] = OrderedDict()

    def answer(self, body: bytes, transact: Callable[[], HttpResponse]) -> HttpResponse:
        """Do a transaction, or answer as before if this one was done. Call it locked."""
        token = json.loads(body).get("ClientRequestToken", "")
        digest = hashlib.sha256(body).digest()
        if token in self._answers:
            known, response = self._answers[token]
            return response if known == digest else _MISMATCH
        response = transact()
        if token and response.status == 200:
            self._answers[token] = (digest, response)
            if len(self._answers) > MAX_TOKENS:
                self._answers.popitem(last=False)
        return response


_MISMATCH = HttpResponse(
    400,
    (JSON,),
    json.dumps(
        {
            "__type": "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            "Message": "The token was used with other parameters.",
        }
    ).encode(),
)
