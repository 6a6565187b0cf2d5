"""A queue feeds its function as in AWS: what fails comes again, and in the end is set aside."""

import json
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from local.queues import QueueConsumer
from tests.integration.local.consumers import ScriptedFunctions, failures, source_of
from tests.support.stack import RunningStack

QUEUE, DEAD = "RefreshQueue", "RefreshDeadLetterQueue"


def consumer(stack: RunningStack, functions: ScriptedFunctions, **changes: Any) -> QueueConsumer:
    spec = stack.aws.stack.functions["refresh_worker"]
    source = replace(source_of(spec), **changes)
    return QueueConsumer(stack.aws, functions, spec, source)


def test_a_record_is_what_lambda_hands_over(stack: RunningStack) -> None:
    functions = ScriptedFunctions()
    stack.send(QUEUE, {"n": 1})
    consumer(stack, functions).run_once()
    ((record,),) = functions.batches
    assert json.loads(record["body"]) == {"n": 1}
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == stack.aws.stack.queues[QUEUE].arn
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdecimal()
    assert record["receiptHandle"]


def test_what_is_handled_is_gone(stack: RunningStack) -> None:
    stack.send(QUEUE, {"n": 1})
    assert len(consumer(stack, ScriptedFunctions()).run_once()) == 1
    assert stack.queued(QUEUE) == []


def test_a_batch_holds_no_more_than_the_mapping_says(stack: RunningStack) -> None:
    functions = ScriptedFunctions()
    for n in range(5):
        stack.send(QUEUE, {"n": n})
    consumer(stack, functions, batch_size=2).run_once()
    assert [len(batch) for batch in functions.batches] == [2]


def test_a_reported_failure_alone_stays_and_is_hidden(stack: RunningStack) -> None:
    for n in range(3):
        stack.send(QUEUE, {"n": n})
    functions = ScriptedFunctions(lambda records: failures(records[1]["messageId"]))
    assert len(consumer(stack, functions).run_once()) == 2
    (left,) = stack.queued(QUEUE)
    assert left.message_id == functions.batches[0][1]["messageId"]
    assert 170 < left.hidden_seconds <= 180


@pytest.mark.parametrize(
    "answer", [RuntimeError("canary-secret"), failures("no such message"), failures("")]
)
def test_an_error_or_a_wrong_report_keeps_the_whole_batch(stack: RunningStack, answer: Any) -> None:
    for n in range(3):
        stack.send(QUEUE, {"n": n})
    assert consumer(stack, ScriptedFunctions(answer)).run_once() == []
    assert len(stack.queued(QUEUE)) == 3


def test_a_message_that_always_fails_ends_in_the_dead_letter_queue(stack: RunningStack) -> None:
    stack.send(QUEUE, {"n": 1})
    functions = ScriptedFunctions(RuntimeError())
    for _ in range(7):
        consumer(stack, functions).run_once()
        stack.show_messages(QUEUE)
    assert len(functions.batches) == 5
    assert stack.queued(QUEUE) == []
    assert stack.messages(DEAD) == [{"n": 1}]


def test_a_waiting_consumer_gets_a_message_at_once(stack: RunningStack) -> None:
    waiting = consumer(stack, ScriptedFunctions())
    received: list[float] = []

    def receive() -> None:
        waiting.receive(20)
        received.append(time.monotonic())

    thread = threading.Thread(target=receive)
    thread.start()
    sent = time.monotonic()
    stack.send(QUEUE, {"n": 1})
    thread.join(10)
    assert received[0] - sent < 1


def test_a_waiting_consumer_gets_what_becomes_visible(stack: RunningStack) -> None:
    sqs, url = stack.aws.client("sqs"), stack.aws.queue_url(QUEUE)
    sqs.send_message(QueueUrl=url, MessageBody="{}", DelaySeconds=1)
    assert len(consumer(stack, ScriptedFunctions()).receive(10)) == 1


def test_a_message_may_be_hidden_for_hours_days_after_it_was_sent(stack: RunningStack) -> None:
    """AWS counts the twelve hours from the receive: retries of webhooks go on for days."""
    stack.send(QUEUE, {"n": 1})
    sqs, url = stack.aws.client("sqs"), stack.aws.queue_url(QUEUE)
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=43_200
    )
    (left,) = stack.queued(QUEUE)
    assert left.hidden_seconds > 43_100
