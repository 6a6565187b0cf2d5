"""What was stored, queued and sealed before a restart is there after it."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.snapshot import Snapshot, SnapshotError
from local.streams import StreamConsumer
from tests.integration.local.consumers import ScriptedFunctions, source_of
from tests.support.stack import RunningStack

CONTEXT = {"purpose": "connection"}


@pytest.fixture
def snapshot(stack: RunningStack, tmp_path: Path) -> Iterator[Snapshot]:
    yield Snapshot(tmp_path / "state.json", stack.aws)


def restart(stack: RunningStack, snapshot: Snapshot) -> None:
    """Save, lose everything, load."""
    snapshot.save()
    stack.aws.create_resources()
    assert snapshot.load()


def test_items_of_every_shape(stack: RunningStack, snapshot: Snapshot) -> None:
    item: dict[str, Any] = {
        "pk": "a",
        "sk": "b",
        "text": "é",
        "number": 1.5,
        "big": 12345678901234567890,
        "flag": True,
        "bytes": b"\x00\xff",
        "nested": {"list": [1, {"deep": b"\x01"}], "empty": {}},
    }
    stack.put("EnvironmentsTable", item)
    stack.put("FlowsTable", {"pk": "no sort key"})
    restart(stack, snapshot)
    assert stack.items("EnvironmentsTable") == [item]
    assert stack.items("FlowsTable") == [{"pk": "no sort key"}]


def test_indexes_answer_again(stack: RunningStack, snapshot: Snapshot) -> None:
    row = {"pk": "a", "due_shard": "3", "refresh_at": 7}
    stack.put("ConnectionsTable", row)
    restart(stack, snapshot)
    answer = stack.aws.client("dynamodb").query(
        TableName=stack.aws.table_name("ConnectionsTable"),
        IndexName="due",
        KeyConditionExpression="due_shard = :s",
        ExpressionAttributeValues={":s": {"S": "3"}},
    )
    assert answer["Count"] == 1


def test_what_was_sealed_opens(stack: RunningStack, snapshot: Snapshot) -> None:
    key = {"KeyId": stack.aws.key_arn("CredentialsKey"), "EncryptionContext": CONTEXT}
    made = stack.aws.client("kms").generate_data_key(KeySpec="AES_256", **key)
    restart(stack, snapshot)
    opened = stack.aws.client("kms").decrypt(CiphertextBlob=made["CiphertextBlob"], **key)
    assert opened["Plaintext"] == made["Plaintext"]


def test_the_root_key_is_the_same(stack: RunningStack, snapshot: Snapshot) -> None:
    before = stack.root_key
    restart(stack, snapshot)
    assert stack.root_key == before


def test_messages_with_their_counts_and_waiting_times(
    stack: RunningStack, snapshot: Snapshot
) -> None:
    sqs, url = stack.aws.client("sqs"), stack.aws.queue_url("WebhookQueue")
    stack.send("WebhookQueue", {"n": "in flight"})
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
    stack.send("WebhookQueue", {"n": "visible"})
    sqs.send_message(QueueUrl=url, MessageBody='{"n": "delayed"}', DelaySeconds=300)
    restart(stack, snapshot)
    seen = {
        m.json()["n"]: (m.receive_count, round(m.hidden_seconds, -2))
        for m in stack.queued("WebhookQueue")
    }
    assert seen == {"in flight": (1, 600), "visible": (0, 0), "delayed": (0, 300)}
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert len(stack.queued("WebhookQueue")) == 2


def test_events_not_yet_dispatched(stack: RunningStack, snapshot: Snapshot) -> None:
    spec = stack.aws.stack.functions["webhook_relay"]
    functions = ScriptedFunctions()
    for key in ("a", "b"):
        stack.put("OutboxTable", {"pk": key, "blob": b"\x00"})
        restart(stack, snapshot)
    stack.put("OutboxTable", {"pk": "c"})
    feeding = StreamConsumer(stack.aws, functions, spec, source_of(spec))
    feeding.run_once()
    (batch,) = functions.batches
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in batch] == ["a", "b", "c"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in batch]
    assert numbers == sorted(set(numbers))


def test_what_has_expired_is_left_out(stack: RunningStack, snapshot: Snapshot) -> None:
    stack.put("FlowsTable", {"pk": "old", "purge_at": 1})
    stack.put("FlowsTable", {"pk": "new", "purge_at": 99_999_999_999})
    restart(stack, snapshot)
    assert [item["pk"] for item in stack.items("FlowsTable")] == ["new"]


def test_notes_are_kept(stack: RunningStack, snapshot: Snapshot) -> None:
    snapshot.notes = {"environment_id": "x"}
    restart(stack, snapshot)
    assert snapshot.notes == {"environment_id": "x"}


def test_only_the_owner_may_read_it(snapshot: Snapshot, tmp_path: Path) -> None:
    snapshot.save()
    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_the_first_start_has_none(snapshot: Snapshot) -> None:
    assert snapshot.load() is False


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "damaged"),
        ('{"format": 1, "tab', "damaged"),
        ("[]", "another version"),
        ('{"format": 99}', "another version"),
        ('{"format": 1}', "damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_not_a_fresh_start(
    snapshot: Snapshot, tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "state.json"
    path.write_text(content)
    with pytest.raises(SnapshotError, match=said):
        snapshot.load()
    assert path.read_text() == content


def test_a_table_that_the_template_no_longer_has_is_named(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    snapshot.save()
    path = tmp_path / "state.json"
    saved = json.loads(path.read_text())
    saved["tables"]["ForgottenTable"] = {"items": [{"pk": {"S": "precious"}}]}
    path.write_text(json.dumps(saved))
    with pytest.raises(SnapshotError, match="ForgottenTable"):
        snapshot.load()
