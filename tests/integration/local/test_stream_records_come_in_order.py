"""A stream feeds its function as in AWS: in order, again until it is handled, or told of."""

import json
from dataclasses import replace
from typing import Any

from local.streams import StreamConsumer
from tests.integration.local.consumers import ScriptedFunctions, failures, source_of
from tests.support.stack import RunningStack

TABLE, DEAD = "OutboxTable", "WebhookRelayDeadLetterQueue"


def consumer(stack: RunningStack, functions: ScriptedFunctions, **changes: Any) -> StreamConsumer:
    spec = stack.aws.stack.functions["webhook_relay"]
    source = replace(source_of(spec), **changes)
    return StreamConsumer(stack.aws, functions, spec, source)


def put(stack: RunningStack, *keys: str) -> None:
    for key in keys:
        stack.put(TABLE, {"pk": key, "payload": b"\x00\xff", "nested": {"blob": b"\x01"}})


def keys_of(batch: list[dict[str, Any]]) -> list[str]:
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in batch]


def test_a_record_is_what_lambda_hands_over(stack: RunningStack) -> None:
    functions = ScriptedFunctions()
    put(stack, "a")
    consumer(stack, functions).run_once()
    ((record,),) = functions.batches
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventSourceARN"].startswith(f"{stack.aws.stack.tables[TABLE].arn}/stream/")
    assert record["dynamodb"]["NewImage"] == {
        "pk": {"S": "a"},
        "payload": {"B": "AP8="},
        "nested": {"M": {"blob": {"B": "AQ=="}}},
    }
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)
    json.dumps(record)


def test_records_come_in_order_and_once(stack: RunningStack) -> None:
    functions = ScriptedFunctions()
    put(stack, "a", "b", "c")
    feeding = consumer(stack, functions, batch_size=2)
    feeding.run_once()
    feeding.run_once()
    feeding.run_once()
    assert [keys_of(batch) for batch in functions.batches] == [["a", "b"], ["c"]]


def test_what_the_filter_does_not_admit_is_passed_over(stack: RunningStack) -> None:
    functions = ScriptedFunctions()
    put(stack, "a")
    stack.update(TABLE, {"pk": "a"}, state="changed")
    stack.delete(TABLE, {"pk": "a"})
    put(stack, "b")
    consumer(stack, functions).run_once()
    assert [keys_of(batch) for batch in functions.batches] == [["a", "b"]]


def test_from_the_first_reported_failure_on_records_come_again(stack: RunningStack) -> None:
    functions = ScriptedFunctions(
        lambda records: failures(records[1]["dynamodb"]["SequenceNumber"]), None
    )
    put(stack, "a", "b", "c")
    feeding = consumer(stack, functions)
    feeding.run_once()
    feeding.run_once()
    assert [keys_of(batch) for batch in functions.batches] == [["a", "b", "c"], ["b", "c"]]


def test_a_batch_with_a_bad_record_is_bisected(stack: RunningStack) -> None:
    def fail_on_c(records: list[dict[str, Any]]) -> None:
        if "c" in keys_of(records):
            raise RuntimeError

    functions = ScriptedFunctions(fail_on_c)
    put(stack, "a", "b", "c", "d")
    handled = consumer(stack, functions).run_once()
    assert handled is not None
    assert keys_of(handled) == ["a", "b"]
    assert consumer(stack, functions).run_once() is None


def test_a_record_that_always_fails_is_told_of_and_left_behind(stack: RunningStack) -> None:
    functions = ScriptedFunctions(RuntimeError(), RuntimeError(), RuntimeError(), None)
    put(stack, "a", "b")
    feeding = consumer(stack, functions, maximum_retry_attempts=2, bisects_on_error=False)
    assert [feeding.run_once() for _ in range(2)] == [None, None]
    assert feeding.run_once() == []
    handled = feeding.run_once()
    assert handled is not None
    assert keys_of(handled) == ["b"]
    (told,) = stack.messages(DEAD)
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["DDBStreamBatchInfo"]["startSequenceNumber"]
