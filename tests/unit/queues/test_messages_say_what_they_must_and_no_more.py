"""Messages of the refresh and journal queues, as they are written and read."""

import json
from typing import Any

import pytest

from carrick.models.connection import ConnectionKey
from carrick.models.events import RefreshMessage
from carrick.queues import journal, refresh
from carrick.queues.journal import JournalEntry, JournalQueue
from carrick.queues.refresh import RefreshQueue

ENTRY = JournalEntry(
    key=ConnectionKey("e", "i", "c"),
    id=2**53 - 1,
    version=3,
    lease_owner="lease_x",
    sealed_credentials=b"\x00canary-secret\xff",
    expires_at=1_700_000_000.123456,
    refreshable=True,
    granted_scopes=("a", "b"),
    refreshed_at=1_699_999_999.5,
    refresh_at=None,
)


class Sqs:
    """Keeps what is sent; takes only so many of each batch."""

    def __init__(self, takes: int = 10) -> None:
        self.bodies: list[str] = []
        self.batches: list[int] = []
        self._takes = takes

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.bodies.append(MessageBody)

    def send_message_batch(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - AWS's names
        Entries: list[dict[str, str]],  # noqa: N803
    ) -> dict[str, Any]:
        assert len({entry["Id"] for entry in Entries}) == len(Entries) <= 10
        taken = Entries[: self._takes]
        self.batches.append(len(Entries))
        self.bodies += [entry["MessageBody"] for entry in taken]
        return {"Successful": taken, "Failed": Entries[self._takes :]}


def test_a_journal_entry_comes_back_whole() -> None:
    sqs = Sqs()
    JournalQueue(sqs, "url").send(ENTRY)
    assert journal.parse(sqs.bodies[0]) == ENTRY


def test_what_is_sealed_is_neither_printed_nor_in_the_message_as_it_is() -> None:
    sqs = Sqs()
    JournalQueue(sqs, "url").send(ENTRY)
    assert "canary-secret" not in repr(ENTRY)
    assert "canary-secret" not in sqs.bodies[0]


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25])
def test_all_messages_are_sent_in_batches_of_ten(count: int) -> None:
    sqs = Sqs()
    messages = [RefreshMessage("e", "i", f"c{number}") for number in range(count)]
    assert RefreshQueue(sqs, "url").send(iter(messages)) == count
    assert [refresh.parse(body) for body in sqs.bodies] == messages
    assert sum(sqs.batches) == count
    assert len(sqs.batches) == -(-count // 10)


def test_what_sqs_did_not_take_is_not_counted() -> None:
    messages = [RefreshMessage("e", "i", f"c{number}") for number in range(20)]
    assert RefreshQueue(Sqs(takes=7), "url").send(messages) == 14


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"environment_id":"e","integration_id":"i"}',
        '{"environment_id":"e","integration_id":"i","connection_id":"c","more":1}',
    ],
)
def test_a_message_of_another_shape_is_not_read(body: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        refresh.parse(body)
    with pytest.raises((AttributeError, KeyError, TypeError, ValueError)):
        journal.parse(body)


def test_an_entry_with_a_member_missing_is_not_read() -> None:
    sqs = Sqs()
    JournalQueue(sqs, "url").send(ENTRY)
    whole = json.loads(sqs.bodies[0])
    for name in whole:
        part = {each: value for each, value in whole.items() if each != name}
        with pytest.raises((KeyError, TypeError)):
            journal.parse(json.dumps(part))
