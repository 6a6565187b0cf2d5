"""However many threads write at once, a condition holds for one of them, a transaction as a whole.

The emulator alone does not keep to this; the lock in front of it does.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from tests.support.stack import RunningStack

THREADS, ROUNDS = 8, 20


@pytest.fixture(autouse=True)
def eager_switching() -> Iterator[None]:
    """Threads take turns so often that what is not guarded goes wrong."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def race(write: Callable[[int], object]) -> int:
    """Let all threads write at the same time; how many were not refused."""
    barrier = threading.Barrier(THREADS)

    def attempt(number: int) -> bool:
        barrier.wait()
        try:
            write(number)
        except ClientError as error:
            assert error.response["Error"]["Code"] in {
                "ConditionalCheckFailedException",
                "TransactionCanceledException",
            }
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(attempt, range(THREADS)))


def test_an_update_of_a_version(stack: RunningStack) -> None:
    client, table = stack.aws.client("dynamodb"), stack.aws.table_name("FlowsTable")
    stack.put("FlowsTable", {"pk": "a", "version": 0})
    for version in range(ROUNDS):
        winners = race(
            lambda number, version=version: client.update_item(  # type: ignore[misc]
                TableName=table,
                Key={"pk": {"S": "a"}},
                UpdateExpression="SET version = :new, winner = :number",
                ConditionExpression="version = :old",
                ExpressionAttributeValues={
                    ":new": {"N": str(version + 1)},
                    ":old": {"N": str(version)},
                    ":number": {"N": str(number)},
                },
            )
        )
        assert winners == 1
    (item,) = stack.items("FlowsTable")
    assert item["version"] == ROUNDS


def test_a_transaction(stack: RunningStack) -> None:
    client, names = stack.aws.client("dynamodb"), ("FlowsTable", "SessionsTable")
    tables = [stack.aws.table_name(name) for name in names]
    for key in map(str, range(ROUNDS)):

        def write(number: int, key: str = key) -> object:
            owner = {"pk": {"S": key}, "owner": {"N": str(number)}}
            free = {"ConditionExpression": "attribute_not_exists(pk)"}
            return client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": table, "Item": owner, **free}} for table in tables
                ]
            )

        assert race(write) == 1
    first, second = ({item["pk"]: item["owner"] for item in stack.items(name)} for name in names)
    assert first == second
    assert len(first) == ROUNDS
