"""What the relay queues for an event: ids only, one message per endpoint that is to have it."""

from typing import Any

import pytest

from carrick.models.events import Operation
from tests.support.stack import RunningStack
from tests.support.webhooks import environment_store, webhook_customer

PRIMARY, SECONDARY, OWN = (f"https://{name}.example/hook" for name in ("one", "two", "own"))


def test_both_endpoints_get_one_and_it_holds_ids_only(stack: RunningStack) -> None:
    customer = webhook_customer(stack, primary_url=PRIMARY, secondary_url=SECONDARY)

    event = customer.relay()

    ids = {"environment_id": customer.environment_id, "event_id": event.event_id}
    assert stack.messages("WebhookQueue") == [
        {**ids, "endpoint": "primary"},
        {**ids, "endpoint": "secondary"},
    ]


def test_a_connections_own_url_gets_the_only_message(stack: RunningStack) -> None:
    customer = webhook_customer(stack, primary_url=PRIMARY, secondary_url=SECONDARY)

    customer.relay(webhook_url_override=OWN)

    assert [message["endpoint"] for message in stack.messages("WebhookQueue")] == ["override"]


@pytest.mark.parametrize(
    ("webhooks", "event"),
    [
        pytest.param({}, {}, id="no URL"),
        pytest.param({"primary_url": PRIMARY, "disabled": ("primary",)}, {}, id="disabled"),
        pytest.param({"primary_url": PRIMARY, "on_auth_creation": False}, {}, id="not wanted"),
        pytest.param(
            {"primary_url": PRIMARY, "on_auth_refresh_error": False},
            {"operation": Operation.REFRESH, "success": False},
            id="failed refresh not wanted",
        ),
    ],
)
def test_nothing_is_queued_for_nobody(
    stack: RunningStack, webhooks: dict[str, Any], event: dict[str, Any]
) -> None:
    webhook_customer(stack, **webhooks).relay(**event)

    assert stack.messages("WebhookQueue") == []


def test_events_of_an_environment_that_is_gone_are_left(stack: RunningStack) -> None:
    customer = webhook_customer(stack, primary_url=PRIMARY)
    customer.emit()
    environment_store(stack).delete(customer.environment)

    stack.run_stream("OutboxTable")

    assert stack.messages("WebhookQueue") == []
    assert stack.run_stream("OutboxTable") == []


def test_an_event_that_is_purged_is_not_sent_again(stack: RunningStack) -> None:
    customer = webhook_customer(stack, primary_url=PRIMARY)
    event = customer.relay()

    stack.delete("OutboxTable", {"pk": event.event_id})
    stack.run_stream("OutboxTable")

    assert len(stack.messages("WebhookQueue")) == 1
