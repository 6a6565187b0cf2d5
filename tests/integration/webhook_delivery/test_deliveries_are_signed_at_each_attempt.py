"""What a receiver gets verifies with a Standard Webhooks library and with Nango's rule."""

import hashlib
import hmac
import json
import subprocess
from dataclasses import replace

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from carrick.domain.webhook_delivery import process
from carrick.models.events import Operation
from tests.support.stack import RunningStack
from tests.support.webhook_endpoint import Answer, Delivery, webhook_endpoint
from tests.support.webhooks import receive_webhook, webhook_customer

DAY = 86_400.0


def verifies(key: str, delivery: Delivery) -> bool:
    """Whether an independent library accepts it with this key."""
    try:
        Webhook(key).verify(delivery.body, dict(delivery.headers))
    except WebhookVerificationError:
        return False
    return True


def verifies_as_nango_does(key: str, delivery: Delivery) -> bool:
    """The rule of contract §10.3 for verifyIncomingWebhookRequest."""
    expected = hmac.new(key.encode(), delivery.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(delivery.headers["x-nango-hmac-sha256"], expected)


def verifies_as_nango_did(key: str, delivery: Delivery) -> bool:
    """The rule of contract §10.3 for verifyWebhookSignature, which writes the body again."""
    script = "const b = require('fs').readFileSync(0); console.log(JSON.stringify(JSON.parse(b)))"
    written = subprocess.run(
        ["node", "-e", script], input=delivery.body, capture_output=True, check=True
    ).stdout.removesuffix(b"\n")
    expected = hashlib.sha256(key.encode() + written).hexdigest()
    return hmac.compare_digest(delivery.headers["x-nango-signature"], expected)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"operation": Operation.OVERRIDE},
        {"operation": Operation.DELETION, "version": 4},
        {"operation": Operation.REFRESH, "success": True},
        {
            "operation": Operation.REFRESH,
            "success": False,
            "error_type": "x",
            "error_description": "y",
        },
        {"tags": {"name": "Zoë 🦊", "10": "ten", "9": "nine"}},
    ],
)
def test_all_three_verifiers_accept_every_kind_of_event(
    stack: RunningStack, changes: dict[str, object]
) -> None:
    with webhook_endpoint() as endpoint:
        customer = webhook_customer(stack, primary_url=endpoint.url)
        event = customer.relay(**changes)  # type: ignore[arg-type]
        stack.run_queue("WebhookQueue")

    (delivery,) = endpoint.deliveries
    (key,) = customer.keys
    assert verifies(key, delivery)
    assert verifies_as_nango_does(key, delivery)
    assert verifies_as_nango_did(key, delivery)
    assert delivery.headers["webhook-id"] == event.event_id
    assert stack.queued("WebhookQueue") == []


def test_the_request_is_json_and_says_which_environment(stack: RunningStack) -> None:
    with webhook_endpoint() as endpoint:
        customer = webhook_customer(stack, primary_url=endpoint.url)
        customer.relay()
        stack.run_queue("WebhookQueue")

    (delivery,) = endpoint.deliveries
    assert delivery.headers["content-type"] == "application/json"
    assert delivery.headers["user-agent"] == "Carrick"
    assert json.loads(delivery.body)["environment"] == customer.environment.name


def test_while_a_key_is_exchanged_receivers_with_either_key_accept(stack: RunningStack) -> None:
    with webhook_endpoint() as endpoint:
        ages = ((60, None), (5000, 3600), (9000, -1))
        customer = webhook_customer(stack, primary_url=endpoint.url, key_ages=ages)
        customer.relay()
        stack.run_queue("WebhookQueue")

    (delivery,) = endpoint.deliveries
    new, old, expired = customer.keys
    assert verifies(new, delivery)
    assert verifies(old, delivery)
    assert not verifies(expired, delivery)
    assert verifies_as_nango_does(new, delivery)
    assert verifies_as_nango_did(new, delivery)


def test_an_attempt_days_later_has_the_same_id_and_the_time_of_the_attempt(
    stack: RunningStack,
) -> None:
    with webhook_endpoint(Answer(500)) as endpoint:
        customer = webhook_customer(stack, primary_url=endpoint.url)
        event = customer.relay(created_at=1_700_000_000.0)
        times = [event.created_at + days * DAY for days in (0, 1, 2)]
        dependencies = stack.function("webhook_delivery").dependencies()
        for now in times:
            stack.show_messages("WebhookQueue")
            process(receive_webhook(stack), replace(dependencies, now=lambda now=now: now))

    assert [delivery.headers["webhook-timestamp"] for delivery in endpoint.deliveries] == [
        str(int(now)) for now in times
    ]
    assert {delivery.headers["webhook-id"] for delivery in endpoint.deliveries} == {event.event_id}


def test_the_eighth_attempt_verifies(stack: RunningStack) -> None:
    with webhook_endpoint(*[Answer(500)] * 7, Answer(200)) as endpoint:
        customer = webhook_customer(stack, primary_url=endpoint.url)
        customer.relay(created_at=1_700_000_000.0)
        for _ in range(8):
            stack.show_messages("WebhookQueue")
            stack.run_queue("WebhookQueue")

    assert len(endpoint.deliveries) == 8
    assert verifies(customer.keys[0], endpoint.deliveries[-1])
    assert stack.queued("WebhookQueue") == []
