"""The schedule reads its shards side by side; one that fails is loud and costs no other."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from carrick.domain.refresh_schedule import MOST_PER_SHARD, Dependencies, send_due
from carrick.queues.refresh import RefreshQueue
from carrick.store.connection_lists import ConnectionLists

NOW = 1_800_000_000.25


class DueIndex:
    """So many connections due in each shard; some shards cannot be read."""

    def __init__(self, due: int, broken: tuple[int, ...] = ()) -> None:
        self.requests: list[dict[str, Any]] = []
        self._due = due
        self._broken = broken

    def query(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        shard = int(request["ExpressionAttributeValues"][":shard"]["S"].removeprefix("due#"))
        if shard in self._broken:
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "Query")
        first = int(request.get("ExclusiveStartKey", {}).get("pk", {"S": "0"})["S"])
        last = min(first + request["Limit"], self._due)
        items = [{"pk": {"S": f"e#i#{shard}-{number}"}} for number in range(first, last)]
        more = {"LastEvaluatedKey": {"pk": {"S": str(last)}}} if last < self._due else {}
        return {"Items": items, **more}


class Sqs:
    """Counts what it takes."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.taken += [entry["MessageBody"] for entry in request["Entries"]]
        return {"Successful": request["Entries"]}


def dependencies(index: DueIndex, sqs: Sqs, shards: int) -> Dependencies:
    lists, queue = ConnectionLists(index, "table"), RefreshQueue(sqs, "url")
    return Dependencies(lists=lists, queue=queue, shards=shards, now=lambda: NOW)


@pytest.mark.parametrize("shards", [1, 16, 40])
def test_every_shard_is_read_up_to_now(shards: int) -> None:
    index, sqs = DueIndex(due=23), Sqs()
    assert send_due(dependencies(index, sqs, shards)) == 23 * shards
    assert len(set(sqs.taken)) == 23 * shards
    assert {request["IndexName"] for request in index.requests} == {"due"}
    until = {request["ExpressionAttributeValues"][":until"]["N"] for request in index.requests}
    assert until == {repr(NOW)}


def test_the_others_are_sent_and_the_failure_is_raised() -> None:
    sqs = Sqs()
    with pytest.raises(ClientError):
        send_due(dependencies(DueIndex(due=23, broken=(0, 7)), sqs, 16))
    assert len(sqs.taken) == 23 * 14


def test_of_a_shard_only_so_much_is_sent_in_a_minute() -> None:
    sqs = Sqs()
    assert send_due(dependencies(DueIndex(due=MOST_PER_SHARD + 1), sqs, 1)) == MOST_PER_SHARD
