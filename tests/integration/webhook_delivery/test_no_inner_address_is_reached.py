"""A webhook URL cannot be used to reach the network inside, whatever its name resolves to."""

import json
from dataclasses import replace

import pytest

from carrick.domain.webhook_delivery import process
from carrick.transport.client import Transport
from tests.support.logs import Logs
from tests.support.stack import RunningStack
from tests.support.webhook_endpoint import webhook_endpoint
from tests.support.webhooks import receive_webhook, webhook_customer


def reasons(logs: Logs) -> list[str]:
    lines = [json.loads(line) for line in logs.text.splitlines() if line.startswith('{"level"')]
    return [line["reason"] for line in lines if line["message"] == "webhook.attempt_failed"]


def test_as_deployed_this_machine_is_not_called(stack: RunningStack, logs: Logs) -> None:
    stack.set(EGRESS_ALLOW_LOOPBACK="")
    with webhook_endpoint() as endpoint:
        webhook_customer(stack, primary_url=endpoint.url).relay()
        stack.run_queue("WebhookQueue")

    assert endpoint.deliveries == []
    assert reasons(logs) == ["egress_refused"]


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::1", "fd00::1"])
def test_a_name_that_leads_inside_by_now_is_refused_and_tried_again_later(
    stack: RunningStack, logs: Logs, address: str
) -> None:
    webhook_customer(stack, primary_url="https://hooks.example/hook").relay()
    dependencies = stack.function("webhook_delivery").dependencies()
    transport = Transport(resolver=lambda host, port: [address])

    is_done = process(receive_webhook(stack), replace(dependencies, transport=transport))

    assert not is_done
    assert reasons(logs) == ["egress_refused"]
    (message,) = stack.queued("WebhookQueue")
    assert 3 < message.hidden_seconds <= 6
