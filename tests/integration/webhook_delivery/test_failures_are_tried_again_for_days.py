"""What is not answered with 2xx stays in the queue until its next time, then in the DLQ."""

import threading
import time
from dataclasses import replace
from email.utils import formatdate

import pytest

from carrick.domain.webhook_delivery import ATTEMPTS, SCHEDULE_SECONDS, process
from tests.support.stack import RunningStack
from tests.support.webhook_endpoint import Answer, webhook_endpoint
from tests.support.webhooks import receive_webhook, webhook_customer

HOUR = 3600


def hidden_seconds(stack: RunningStack) -> float:
    (message,) = stack.queued("WebhookQueue")
    return message.hidden_seconds


@pytest.mark.parametrize(
    "answer",
    [
        *[Answer(status) for status in (301, 400, 401, 403, 404, 408, 413, 422, 429, 500, 503)],
        pytest.param(Answer(hang_up=True), id="hangs up"),
        pytest.param(Answer(body=b"x" * 1_000_000), id="endless answer"),
    ],
    ids=lambda answer: str(answer.status),
)
def test_the_second_attempt_is_five_seconds_later(stack: RunningStack, answer: Answer) -> None:
    with webhook_endpoint(answer, Answer()) as endpoint:
        webhook_customer(stack, primary_url=endpoint.url).relay()

        assert stack.run_queue("WebhookQueue") == []
        assert 3 < hidden_seconds(stack) <= 6
        stack.show_messages("WebhookQueue")
        assert len(stack.run_queue("WebhookQueue")) == 1

    assert len(endpoint.deliveries) == 2
    assert stack.queued("WebhookQueue") == []


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_delivery(stack: RunningStack, status: int) -> None:
    with webhook_endpoint(Answer(status)) as endpoint:
        webhook_customer(stack, primary_url=endpoint.url).relay()
        stack.run_queue("WebhookQueue")

    assert len(endpoint.deliveries) == 1
    assert stack.queued("WebhookQueue") == []


def test_every_wait_follows_the_schedule_and_the_last_failure_ends_in_the_dead_letter_queue(
    stack: RunningStack,
) -> None:
    with webhook_endpoint(Answer(500)) as endpoint:
        webhook_customer(stack, primary_url=endpoint.url).relay()
        waits = []
        for _ in range(ATTEMPTS):
            stack.show_messages("WebhookQueue")
            stack.run_queue("WebhookQueue")
            waits.append(hidden_seconds(stack))
        stack.show_messages("WebhookQueue")
        stack.run_queue("WebhookQueue")

    assert len(endpoint.deliveries) == ATTEMPTS
    for wait, scheduled in zip(waits, SCHEDULE_SECONDS, strict=False):
        assert 0.8 * scheduled - 2 < wait <= 1.2 * scheduled
    assert stack.queued("WebhookQueue") == []
    assert len(stack.queued("WebhookDeadLetterQueue")) == 1


def test_the_queue_lasts_longer_than_the_schedule(stack: RunningStack) -> None:
    queue = stack.aws.stack.queues["WebhookQueue"]
    function = stack.aws.stack.functions["webhook_delivery"]

    assert int(queue.attributes["MessageRetentionPeriod"]) > 1.2 * sum(SCHEDULE_SECONDS) + 86_400
    assert queue.visibility_timeout_seconds >= 6 * function.timeout
    assert function.timeout > stack.function("webhook_delivery").dependencies().deadline_seconds


def test_a_redirect_is_not_followed(stack: RunningStack) -> None:
    with webhook_endpoint() as elsewhere:
        location = {"location": elsewhere.url}
        with webhook_endpoint(
            *[Answer(status, location) for status in (302, 307, 308)]
        ) as endpoint:
            webhook_customer(stack, primary_url=endpoint.url).relay()
            for _ in range(3):
                stack.show_messages("WebhookQueue")
                stack.run_queue("WebhookQueue")

    assert len(endpoint.deliveries) == 3
    assert elsewhere.deliveries == []
    assert len(stack.queued("WebhookQueue")) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [("1800", 1800), ("90000", 12 * HOUR - 300), ("1", 5), ("soon", 5)],
)
def test_retry_after_is_heeded(
    stack: RunningStack, status: int, asked: str, expected: float
) -> None:
    with webhook_endpoint(Answer(status, {"retry-after": asked})) as endpoint:
        webhook_customer(stack, primary_url=endpoint.url).relay()
        stack.run_queue("WebhookQueue")

    assert hidden_seconds(stack) == pytest.approx(expected, abs=2)


def test_retry_after_may_be_a_date(stack: RunningStack) -> None:
    date = formatdate(time.time() + HOUR, usegmt=True)
    with webhook_endpoint(Answer(503, {"retry-after": date})) as endpoint:
        webhook_customer(stack, primary_url=endpoint.url).relay()
        stack.run_queue("WebhookQueue")

    assert hidden_seconds(stack) == pytest.approx(HOUR, abs=3)


def test_an_endpoint_that_says_nothing_is_given_up_at_the_deadline(stack: RunningStack) -> None:
    over = threading.Event()
    with webhook_endpoint(Answer(before=over.wait)) as endpoint:
        webhook_customer(stack, primary_url=endpoint.url).relay()
        dependencies = stack.function("webhook_delivery").dependencies()
        is_done = process(receive_webhook(stack), replace(dependencies, deadline_seconds=0.2))
        over.set()

    assert not is_done
    assert len(endpoint.deliveries) == 1
    assert 3 < hidden_seconds(stack) <= 6


def test_an_endpoint_that_says_nothing_does_not_delay_another(stack: RunningStack) -> None:
    asked, over = threading.Event(), threading.Event()

    def say_nothing() -> None:
        asked.set()
        over.wait()

    with webhook_endpoint(Answer(before=say_nothing)) as slow, webhook_endpoint() as quick:
        webhook_customer(stack, primary_url=slow.url, secondary_url=quick.url).relay()
        waiting = threading.Thread(target=stack.run_queue, args=("WebhookQueue",))
        waiting.start()
        assert asked.wait(10)
        stack.run_queue("WebhookQueue")
        delivered_meanwhile = len(quick.deliveries)
        over.set()
        waiting.join()

    assert delivered_meanwhile == 1


def test_an_outage_of_our_own_follows_the_schedule_too(stack: RunningStack) -> None:
    with webhook_endpoint() as endpoint:
        customer = webhook_customer(stack, primary_url=endpoint.url)
        customer.relay()
        (item,) = [row for row in stack.items("EnvironmentsTable") if row["sk"] == "environment"]
        key = {"pk": customer.environment_id, "sk": "environment"}
        broken = [{**item["signing_keys"][0], "sealed": b"\x01\x00\x01"}]

        stack.update("EnvironmentsTable", key, signing_keys=broken)
        stack.run_queue("WebhookQueue")
        wait = hidden_seconds(stack)
        stack.update("EnvironmentsTable", key, signing_keys=item["signing_keys"])
        stack.show_messages("WebhookQueue")
        stack.run_queue("WebhookQueue")

    assert 3 < wait <= 6
    assert len(endpoint.deliveries) == 1


def test_a_message_that_cannot_be_read_ends_in_the_dead_letter_queue(stack: RunningStack) -> None:
    stack.send("WebhookQueue", "no JSON")

    for _ in range(ATTEMPTS + 1):
        stack.show_messages("WebhookQueue")
        stack.run_queue("WebhookQueue")

    assert [message.body for message in stack.queued("WebhookDeadLetterQueue")] == ["no JSON"]
