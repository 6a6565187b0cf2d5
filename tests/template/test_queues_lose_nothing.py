"""What a consumer cannot do is tried again, then kept, and somebody is told."""

from collections.abc import Mapping
from typing import Any

from carrick.domain import webhook_delivery
from local.resources import FunctionSpec, QueueSource, StreamSource
from local.template import Stack
from tests.template.of_type import of_type

DEAD_LETTERS = "DeadLetterQueue"


def consumers(stack: Stack) -> list[tuple[FunctionSpec, QueueSource | StreamSource]]:
    found = [
        (function, source)
        for function in stack.functions.values()
        for source in function.sources
        if isinstance(source, QueueSource | StreamSource)
    ]
    assert len(found) > 3
    return found


def working_queues(stack: Stack) -> list[str]:
    return [name for name in stack.queues if not name.endswith(DEAD_LETTERS)]


def test_every_queue_is_consumed(stack: Stack) -> None:
    consumed = {source.queue for _, source in consumers(stack) if isinstance(source, QueueSource)}

    assert consumed == set(working_queues(stack))


def test_every_queue_has_a_dead_letter_queue_of_its_own(stack: Stack) -> None:
    for name in working_queues(stack):
        expected = f"{name.removesuffix('Queue')}{DEAD_LETTERS}"
        assert stack.queues[name].dead_letter_queue == expected


def test_a_stream_too(stack: Stack) -> None:
    for function, source in consumers(stack):
        if isinstance(source, StreamSource):
            assert source.on_failure is not None, function.name
            assert source.on_failure.endswith(DEAD_LETTERS), function.name
            assert source.maximum_retry_attempts > 0, function.name
            assert source.bisects_on_error, function.name


def test_dead_letters_are_kept_for_two_weeks(resources: Mapping[str, Any]) -> None:
    for name, queue in of_type(resources, "AWS::SQS::Queue").items():
        if name.endswith(DEAD_LETTERS):
            assert queue["MessageRetentionPeriod"] == 14 * 86_400
        assert queue["SqsManagedSseEnabled"] is True, name


def test_an_alarm_tells_of_the_first_dead_letter(
    stack: Stack, resources: Mapping[str, Any]
) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    for name in stack.queues:
        if not name.endswith(DEAD_LETTERS):
            continue
        alarm = alarms[f"{name}Alarm"]
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        (dimension,) = alarm["Dimensions"]
        assert dimension["Value"] == {"Fn::GetAtt": [name, "QueueName"]}
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


def test_every_alarm_notifies_the_topic_if_there_is_one(resources: Mapping[str, Any]) -> None:
    expected = {"Fn::If": ["HasAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "AWS::NoValue"}]}
    for name, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [expected], name
        assert alarm["TreatMissingData"] == "notBreaching", name


def test_one_bad_message_does_not_send_its_batch_back(stack: Stack) -> None:
    for function, source in consumers(stack):
        assert source.reports_item_failures, function.name


def test_a_message_stays_hidden_while_it_is_worked_on(stack: Stack) -> None:
    # AWS: "at least six times the function timeout", since Lambda tries again when it throttles.
    for function, source in consumers(stack):
        if isinstance(source, QueueSource):
            hidden = stack.queues[source.queue].visibility_timeout_seconds
            assert hidden >= 6 * function.timeout, function.name


def test_a_message_is_tried_more_than_once(resources: Mapping[str, Any]) -> None:
    for name, queue in of_type(resources, "AWS::SQS::Queue").items():
        if "RedrivePolicy" in queue:
            assert queue["RedrivePolicy"]["maxReceiveCount"] > 1, name


def test_a_webhook_is_a_dead_letter_after_its_last_attempt(resources: Mapping[str, Any]) -> None:
    queue = of_type(resources, "AWS::SQS::Queue")["WebhookQueue"]

    assert queue["RedrivePolicy"]["maxReceiveCount"] == webhook_delivery.ATTEMPTS


def test_no_queue_takes_all_of_the_accounts_concurrency(stack: Stack) -> None:
    for function, source in consumers(stack):
        if isinstance(source, QueueSource):
            assert source.maximum_concurrency is not None, function.name
            assert 2 <= source.maximum_concurrency <= 1_000, function.name


def test_no_function_takes_longer_than_an_http_api_waits(stack: Stack) -> None:
    for route in stack.routes:
        assert stack.functions[route.function].timeout <= 30, route.key
