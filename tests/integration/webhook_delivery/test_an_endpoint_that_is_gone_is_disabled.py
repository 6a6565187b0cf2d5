"""410 Gone (Standard Webhooks): nothing more is sent there until somebody sets a URL again."""

from tests.support.stack import RunningStack
from tests.support.webhook_endpoint import Answer, webhook_endpoint
from tests.support.webhooks import webhook_customer

GONE = Answer(410)
NEW_URL = "https://new.example/hook"


def test_the_endpoint_gets_nothing_more_and_the_other_everything(stack: RunningStack) -> None:
    with webhook_endpoint(GONE) as gone, webhook_endpoint() as alive:
        customer = webhook_customer(stack, primary_url=gone.url, secondary_url=alive.url)
        for _ in range(2):
            customer.relay()
            stack.run_queue("WebhookQueue")
            stack.run_queue("WebhookQueue")

    assert customer.settings.disabled == ("primary",)
    assert len(gone.deliveries) == 1
    assert len(alive.deliveries) == 2
    assert stack.queued("WebhookQueue") == []


def test_what_was_queued_before_is_dropped(stack: RunningStack) -> None:
    with webhook_endpoint(GONE) as gone:
        customer = webhook_customer(stack, primary_url=gone.url)
        customer.relay()
        customer.relay()
        stack.run_queue("WebhookQueue")
        stack.run_queue("WebhookQueue")

    assert len(gone.deliveries) == 1
    assert stack.queued("WebhookQueue") == []


def test_a_url_that_was_set_meanwhile_is_not_disabled(stack: RunningStack) -> None:
    answer = Answer(410, before=lambda: customer.change(primary_url=NEW_URL))
    with webhook_endpoint(answer) as gone:
        customer = webhook_customer(stack, primary_url=gone.url)
        customer.relay()
        stack.run_queue("WebhookQueue")

    assert customer.settings.primary_url == NEW_URL
    assert customer.settings.disabled == ()
    assert stack.queued("WebhookQueue") == []


def test_a_connections_own_url_disables_nothing(stack: RunningStack) -> None:
    with webhook_endpoint(GONE) as gone:
        customer = webhook_customer(stack, primary_url=NEW_URL, secondary_url=gone.url)
        customer.relay(webhook_url_override=gone.url)
        stack.run_queue("WebhookQueue")

    assert len(gone.deliveries) == 1
    assert customer.settings.disabled == ()
    assert stack.queued("WebhookQueue") == []
