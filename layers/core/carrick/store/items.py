"""Python values to DynamoDB attributes and back; keys; formats; what a failed write says.

boto3's own serializer refuses ``float`` and gives ``Decimal`` back, so that every time would need a
conversion at every use. Here a number is an ``int`` or a ``float``. ``None`` is left out: an
absent attribute is what a sparse index looks for.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, dict[str, Any]]

FORMAT = 1
"""Written with each item. Readers take this one and the one before it."""

# Another transaction holds an item, or its partition is busy: nothing was written.
_CONTENDED = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class UnknownFormatError(RuntimeError):
    """An item was written by a version that is not known here. Nothing is guessed from it."""


def to_item(values: Mapping[str, Any]) -> Item:
    """An item from a mapping; members that are ``None`` are left out."""
    return {name: to_attribute(value) for name, value in values.items() if value is not None}


def to_attribute(value: Any) -> dict[str, Any]:
    """One attribute value. Raises ``TypeError`` for what DynamoDB cannot hold."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, Mapping):
        return {"M": to_item(value)}
    if isinstance(value, list | tuple):
        return {"L": [to_attribute(member) for member in value]}
    raise TypeError(f"no attribute for {type(value).__name__}")


def from_item(item: Item) -> dict[str, Any]:
    """A mapping from an item."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:
    """One Python value."""
    ((kind, value),) = attribute.items()
    if kind == "N":
        return float(value) if "." in value or "e" in value.lower() else int(value)
    if kind == "M":
        return from_item(value)
    if kind == "L":
        return [from_attribute(member) for member in value]
    return value


def composite(*parts: str) -> str:
    """A composite key. Raises ``ValueError`` if a part could be taken for two (requirement 60)."""
    if any("#" in part or "\x00" in part for part in parts):
        raise ValueError("a key part holds a separator")
    return "#".join(parts)


def condition_failed(error: ClientError) -> bool:
    """Whether a single write failed on its condition."""
    return bool(error.response["Error"]["Code"] == "ConditionalCheckFailedException")


def check_format(values: Mapping[str, Any]) -> None:
    """Raise ``UnknownFormatError`` for an item that is neither of this format nor of the last."""
    if values.get("format") not in {FORMAT - 1, FORMAT}:
        raise UnknownFormatError("an item of a format that this version does not know")


def is_contended(error: ClientError) -> bool:
    """Whether the same write may go through a moment later, though botocore does not try again."""
    if error.response["Error"]["Code"] == "TransactionConflictException":
        return True
    reasons = set(cancelled_members(error)) - {"None"}
    return bool(reasons) and reasons <= _CONTENDED


def cancelled_members(error: ClientError) -> list[str]:
    """The reason codes of a cancelled transaction, one per member; empty for other errors."""
    if error.response["Error"]["Code"] != "TransactionCanceledException":
        return []
    reasons = error.response.get("CancellationReasons", [])
    return [str(reason.get("Code", "None")) for reason in reasons]


def query_pages(client: Any, **request: Any) -> Iterator[list[Item]]:
    """All pages of a query, as they come."""
    while True:
        answer = client.query(**request)
        yield answer.get("Items", [])
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def batches(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most ``size``: what one batch request takes."""
    batch: list[Any] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
