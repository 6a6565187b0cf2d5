"""Conditional writes of connections: one as a plain request, several as one transaction.

Tells apart what looks alike: a condition that failed (somebody was faster, read again) and an item
that another transaction holds at this moment (nothing is known, the same write is sent again).
"""

import random
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from carrick import clock
from carrick.errors import ConflictError
from carrick.store.items import cancelled_members, condition_failed, is_contended, to_attribute

CONTENTION_WAITS = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Seconds between tries, less up to half at random. A transaction holds an item for some 10 ms."""

CONTENDED = "contended"

_OPERATIONS = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}

Member = dict[str, Any]


def commit(client: Any, *members: Member) -> None:
    """Write these together; one alone is a plain request, at half the price.

    Raises ``ConflictError`` when a condition failed; with code ``contended`` when others held the
    items all the time.
    """
    for wait in CONTENTION_WAITS:
        try:
            return _send(client, members)
        except ConflictError as error:
            if error.code != CONTENDED:
                raise
        clock.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries, no secret
    return _send(client, members)


def _send(client: Any, members: tuple[Member, ...]) -> None:
    try:
        if len(members) > 1:
            client.transact_write_items(TransactItems=list(members))
            return
        ((kind, request),) = members[0].items()
        getattr(client, _OPERATIONS[kind])(**request)
    except ClientError as error:
        if condition_failed(error) or "ConditionalCheckFailed" in cancelled_members(error):
            raise ConflictError("The connection changed in the meantime.") from error
        if is_contended(error):
            message = "The connection is being changed. Try again."
            raise ConflictError(message, code=CONTENDED) from error
        raise


def update_of(changes: Mapping[str, Any]) -> dict[str, Any]:
    """An update expression with its names and values: SET what has a value, REMOVE ``None``."""
    sets = [f"#{name} = :{name}" for name, value in changes.items() if value is not None]
    removes = [f"#{name}" for name, value in changes.items() if value is None]
    clauses = ["SET " + ", ".join(sets)] if sets else []
    clauses += ["REMOVE " + ", ".join(removes)] if removes else []
    return {
        "UpdateExpression": " ".join(clauses),
        "ExpressionAttributeNames": {f"#{name}": name for name in changes},
        "ExpressionAttributeValues": {
            f":{name}": to_attribute(value) for name, value in changes.items() if value is not None
        },
    }


def only_if(request: dict[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    """The same request, on condition that the item holds these values; ``None``: no such one."""
    conditions = []
    names, values = {}, {}
    for name, value in expected.items():
        names[f"#was_{name}"] = name
        if value is None:
            conditions.append(f"attribute_not_exists(#was_{name})")
        else:
            conditions.append(f"#was_{name} = :was_{name}")
            values[f":was_{name}"] = to_attribute(value)
    if "ConditionExpression" in request:
        conditions.append(request["ConditionExpression"])
    return {
        **request,
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {**request.get("ExpressionAttributeNames", {}), **names},
        "ExpressionAttributeValues": {**request.get("ExpressionAttributeValues", {}), **values},
    }
