"""Between queue and attempt days may pass: what is stored at the attempt decides."""

from collections.abc import Callable

import pytest

from tests.support.stack import RunningStack
from tests.support.webhook_endpoint import webhook_endpoint
from tests.support.webhooks import WebhookCustomer, webhook_customer


def remove_events(customer: WebhookCustomer) -> None:
    for item in customer.stack.items("OutboxTable"):
        customer.stack.delete("OutboxTable", {"pk": item["pk"]})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda customer: customer.change(primary_url=""), id="URL removed"),
        pytest.param(lambda customer: customer.change(on_auth_creation=False), id="switched off"),
        pytest.param(
            lambda customer: customer.store.disable_endpoint(
                customer.environment_id, "primary", customer.settings.primary_url
            ),
            id="disabled",
        ),
        pytest.param(remove_events, id="event purged"),
        pytest.param(
            lambda customer: customer.store.delete(customer.environment), id="environment deleted"
        ),
    ],
)
def test_what_is_not_wanted_any_more_is_dropped(
    stack: RunningStack, change: Callable[[WebhookCustomer], object]
) -> None:
    with webhook_endpoint() as endpoint:
        customer = webhook_customer(stack, primary_url=endpoint.url)
        customer.relay()
        change(customer)
        stack.run_queue("WebhookQueue")

    assert endpoint.deliveries == []
    assert stack.queued("WebhookQueue") == []


def test_a_changed_url_gets_the_event(stack: RunningStack) -> None:
    with webhook_endpoint() as old, webhook_endpoint() as new:
        customer = webhook_customer(stack, primary_url=old.url)
        customer.relay()
        customer.change(primary_url=new.url)
        stack.run_queue("WebhookQueue")

    assert old.deliveries == []
    assert len(new.deliveries) == 1


def test_an_event_is_never_sent_to_another_environment(stack: RunningStack) -> None:
    with webhook_endpoint() as endpoint:
        theirs = webhook_customer(stack, primary_url=endpoint.url)
        event = webhook_customer(stack).emit()
        message = {"event_id": event.event_id, "endpoint": "primary"}
        stack.send("WebhookQueue", {**message, "environment_id": theirs.environment_id})
        stack.run_queue("WebhookQueue")

    assert endpoint.deliveries == []
    assert stack.queued("WebhookQueue") == []
