"""What the local tables, streams and queues hold: looked at, emptied, taken out and put back."""

import base64
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from time import time
from types import SimpleNamespace
from typing import Any, TypeVar

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.sqs.models import Message

from local.backends import QUEUES_CHANGED, TABLES_LOCK, dynamodb, everything_locked, sqs
from local.resources import QueueSpec, TableSpec
from local.template import Stack

_Seen = TypeVar("_Seen")

Values = dict[str, Any]

_MESSAGE_FIELDS = (
    "approximate_first_receive_timestamp",
    "approximate_receive_count",
    "delayed_until",
    "message_attributes",
    "sent_timestamp",
    "visible_at",
)


def clear(stack: Stack) -> None:
    """Empty every table, stream and queue."""
    with everything_locked():
        for table_spec in stack.tables.values():
            table = dynamodb().tables[table_spec.name]
            table.items = defaultdict(dict)
            if table.stream_shard is not None:
                table.stream_shard.items = []
        for queue_spec in stack.queues.values():
            queue = sqs().queues[queue_spec.name]
            queue._messages = []
            queue._pending_messages = set()
            queue.deleted_messages = set()


def peek(spec: QueueSpec, make: Callable[[str, str, int, float], _Seen]) -> list[_Seen]:
    """All messages of a queue as ``make(id, body, receive count, seconds it stays hidden)``."""
    with QUEUES_CHANGED:
        now = time() * 1000
        return [
            make(
                message.id,
                message.body,
                message.approximate_receive_count,
                max(0.0, (max(message.visible_at, message.delayed_until) - now) / 1000),
            )
            for message in sqs().queues[spec.name]._messages
        ]


def make_visible(spec: QueueSpec) -> None:
    """End the hiding and delaying of a queue's messages."""
    with QUEUES_CHANGED:
        for message in sqs().queues[spec.name]._messages:
            message.visible_at = message.delayed_until = 0.0
        QUEUES_CHANGED.notify_all()


class StreamReader:
    """What a table's stream holds that was not dispatched yet, oldest first."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @property
    def _shard(self) -> Any:
        # Looked up each time: the table may have been made anew.
        return dynamodb().tables[self._table_name].stream_shard

    def read(self, limit: int) -> list[Values]:
        """The next records, as Lambda hands them to a function."""
        with TABLES_LOCK:
            records = [item.to_json() for item in self._shard.items[:limit]]
        return [_lambda_record(record) for record in records]

    def acknowledge(self, count: int) -> None:
        """Forget the oldest records: they were dispatched."""
        with TABLES_LOCK:
            del self._shard.items[:count]
            # moto numbers records by their place in the list
            self._shard.starting_sequence_number += count


def _lambda_record(record: Mapping[str, Any]) -> Values:
    change = dict(record["dynamodb"])
    created = change["ApproximateCreationDateTime"]
    is_number = isinstance(created, int | float)
    change["ApproximateCreationDateTime"] = created if is_number else created.timestamp()
    # moto says 1.0
    return {**record, "eventVersion": "1.1", "dynamodb": _plain(change)}


def _plain(value: Any) -> Any:
    """A value as JSON has it: binary as base64, and none of moto's own types."""
    if isinstance(value, DynamoType):
        return {value.type: _plain(value.value)}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(member) for member in value]
    return value


def take_table(spec: TableSpec) -> Values:
    """A table's items and what its stream still holds, as JSON values. Call it locked."""
    table = dynamodb().tables[spec.name]
    rows: Iterable[Any] = table.items.values()
    if table.range_key_attr is not None:
        rows = (item for row in table.items.values() for item in row.values())
    taken: Values = {"items": [_plain(item.attrs) for item in rows]}
    if table.stream_shard is not None:
        taken["stream"] = {
            "next": table.stream_shard.starting_sequence_number,
            "records": [_lambda_record(item.to_json()) for item in table.stream_shard.items],
        }
    return taken


def put_table(spec: TableSpec, taken: Values) -> None:
    """Put back what ``take_table`` took, less the items whose time to live is over."""
    table, now = dynamodb().tables[spec.name], time()
    for item in taken["items"]:
        if not _is_expired(item, spec.expiry_attribute, now):
            table.put_item({name: _binary(value) for name, value in item.items()})
    if table.stream_shard is not None and "stream" in taken:
        table.stream_shard.starting_sequence_number = taken["stream"]["next"]
        table.stream_shard.items = [_saved(record) for record in taken["stream"]["records"]]


def _is_expired(item: Values, attribute: str | None, now: float) -> bool:
    return attribute is not None and float(item.get(attribute, {}).get("N", now)) < now


def _saved(record: Values) -> Any:
    return SimpleNamespace(to_json=lambda: record)


def _binary(attribute: Values) -> Values:
    """An attribute value with its binary values as bytes, as a request brings them."""
    ((kind, value),) = attribute.items()
    if kind == "B":
        return {"B": base64.b64decode(value)}
    if kind == "BS":
        return {"BS": [base64.b64decode(member) for member in value]}
    if kind == "M":
        return {"M": {name: _binary(member) for name, member in value.items()}}
    if kind == "L":
        return {"L": [_binary(member) for member in value]}
    return attribute


def take_queue(spec: QueueSpec) -> list[Values]:
    """A queue's messages as JSON values, visible or not. Call it locked."""
    return [
        {"id": message.id, "body": message.body}
        | {field: getattr(message, field) for field in _MESSAGE_FIELDS}
        for message in sqs().queues[spec.name]._messages
    ]


def put_queue(spec: QueueSpec, taken: list[Values]) -> None:
    """Put back what ``take_queue`` took. Who had received a message no longer holds it."""
    for values in taken:
        message = Message(values["id"], values["body"])
        for field in _MESSAGE_FIELDS:
            setattr(message, field, values[field])
        sqs().queues[spec.name]._messages.append(message)
