"""Writes of connections while other transactions hold the item, which local DynamoDB never says."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from carrick.errors import ConflictError
from carrick.models.connection import Connection, ConnectionKey
from carrick.store.conditional_writes import CONTENTION_WAITS, commit
from carrick.store.connections import ConnectionStore

MEMBER: dict[str, Any] = {"Update": {"Key": {}}}
BUSY = "TransactionConflict"
LOST = "ConditionalCheckFailed"


def single(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "UpdateItem")


def cancelled(*reasons: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": ""},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(answer, "TransactWriteItems")


class DynamoDb:
    """Answers writes with these errors, one after the other, and then carries them out."""

    def __init__(self, *errors: ClientError) -> None:
        self.errors = list(errors)
        self.calls: list[str] = []

    def update_item(self, **_: Any) -> dict[str, Any]:
        return self._take("one")

    def transact_write_items(self, **_: Any) -> dict[str, Any]:
        return self._take("many")

    def _take(self, call: str) -> dict[str, Any]:
        self.calls.append(call)
        if self.errors:
            raise self.errors.pop(0)
        return {}


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (single("TransactionConflictException"), 1),
        (cancelled(BUSY, "None"), 2),
        (cancelled("None", "ThrottlingError"), 2),
        (cancelled("ProvisionedThroughputExceeded", BUSY), 2),
    ],
)
def test_the_same_write_is_sent_again(error: ClientError, members: int) -> None:
    client = DynamoDb(error, error)
    commit(client, *[MEMBER] * members)
    assert client.calls == ["one" if members == 1 else "many"] * 3


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (single("ConditionalCheckFailedException"), 1),
        (cancelled(LOST, "None"), 2),
        (cancelled(BUSY, LOST), 2),
    ],
)
def test_a_lost_race_is_a_conflict_at_once(error: ClientError, members: int) -> None:
    client = DynamoDb(error)
    with pytest.raises(ConflictError) as raised:
        commit(client, *[MEMBER] * members)
    assert raised.value.code == "conflict"
    assert len(client.calls) == 1


def test_who_is_held_up_all_the_time_may_try_again_later() -> None:
    client = DynamoDb(*[cancelled(BUSY, "None")] * 99)
    with pytest.raises(ConflictError) as raised:
        commit(client, MEMBER, MEMBER)
    assert raised.value.code == "contended"
    assert len(client.calls) == len(CONTENTION_WAITS) + 1
    assert sum(CONTENTION_WAITS) < 1


@pytest.mark.parametrize(
    "error",
    [
        single("AccessDeniedException"),
        single("ValidationException"),
        cancelled("None", "ValidationError"),
        cancelled(BUSY, "ItemCollectionSizeLimitExceeded"),
        cancelled(),
    ],
)
def test_any_other_error_is_raised_as_it_is(error: ClientError) -> None:
    client = DynamoDb(error)
    members = [MEMBER] if error.operation_name == "UpdateItem" else [MEMBER, MEMBER]
    with pytest.raises(ClientError) as raised:
        commit(client, *members)
    assert raised.value is error
    assert len(client.calls) == 1


def test_a_lease_on_a_busy_item_is_for_another_time() -> None:
    connection = Connection(ConnectionKey("e", "i", "c"), 1, "p", "OAUTH2", 1.0, 1.0)
    client = DynamoDb(single("TransactionConflictException"))
    store = ConnectionStore(client, "t", now=lambda: 1.0)
    assert store.lease(connection, owner="me", until=21.0) is None
    assert client.calls == ["one"]
