"""An event exists exactly if its change was committed, and is relayed until it is queued."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from local.functions import Functions
from local.resources import StreamSource
from local.streams import StreamConsumer
from tests.support.stack import RunningStack
from tests.support.webhooks import make_event, webhook_customer

URL = "https://hooks.example/hook"
NO_QUEUE = "http://127.0.0.1/000000000000/no-such-queue"


def test_an_event_is_committed_with_its_change_or_not_at_all(stack: RunningStack) -> None:
    customer = webhook_customer(stack, primary_url=URL)
    dynamodb = stack.aws.client("dynamodb")
    kept = make_event(environment_id=customer.environment_id)
    lost = make_event(environment_id=customer.environment_id)
    change = {
        "Put": {
            "TableName": stack.aws.table_name("FlowsTable"),
            "Item": {"pk": {"S": "change"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }

    dynamodb.transact_write_items(TransactItems=[change, customer.outbox.write(kept)])
    with pytest.raises(ClientError, match="TransactionCanceled"):
        dynamodb.transact_write_items(TransactItems=[change, customer.outbox.write(lost)])
    stack.run_stream("OutboxTable")

    queued = [message["event_id"] for message in stack.messages("WebhookQueue")]
    assert queued == [kept.event_id]


def test_an_event_is_sent_once_and_never_rewritten(stack: RunningStack) -> None:
    customer = webhook_customer(stack, primary_url=URL)
    event = customer.emit()

    customer.outbox.put(replace(event, connection_id="another"))
    stack.run_stream("OutboxTable")

    assert len(stack.messages("WebhookQueue")) == 1
    assert customer.outbox.get(customer.environment_id, event.event_id) == event


def test_what_cannot_be_queued_is_relayed_later_in_the_same_order(stack: RunningStack) -> None:
    customer = webhook_customer(stack, primary_url=URL)
    events = [customer.emit(connection_id=f"c-{number}") for number in range(3)]

    stack.function("webhook_relay", WEBHOOK_QUEUE_URL=NO_QUEUE)
    assert stack.run_stream("OutboxTable") is None
    stack.denials.clear()  # an outage is played by a queue that the relay may not send to
    stack.function("webhook_relay")
    stack.run_stream("OutboxTable")

    queued = [message["event_id"] for message in stack.messages("WebhookQueue")]
    assert queued == [event.event_id for event in events]


def test_an_event_that_cannot_be_read_ends_in_the_dead_letter_queue_and_holds_up_no_other(
    stack: RunningStack,
) -> None:
    customer = webhook_customer(stack, primary_url=URL)
    before = customer.emit()
    stack.put("OutboxTable", {"pk": "msg_of_a_later_version", "operation": "unheard of"})
    after = customer.emit()

    relay = stack.aws.stack.functions["webhook_relay"]
    (source,) = relay.sources
    assert isinstance(source, StreamSource)
    consumer = StreamConsumer(stack.aws, Functions(stack.aws), relay, source)
    for _ in range(source.maximum_retry_attempts + 4):
        consumer.run_once()

    queued = [message["event_id"] for message in stack.messages("WebhookQueue")]
    assert queued == [before.event_id, after.event_id]
    assert len(stack.messages("WebhookRelayDeadLetterQueue")) == 1


def test_an_event_is_read_in_its_own_environment_only(stack: RunningStack) -> None:
    mine, theirs = (webhook_customer(stack, primary_url=URL) for _ in range(2))
    event = mine.emit(version=3)

    assert mine.outbox.get(mine.environment_id, event.event_id) == event
    assert mine.outbox.get(theirs.environment_id, event.event_id) is None


def test_an_event_is_kept_for_thirty_days(stack: RunningStack) -> None:
    customer = webhook_customer(stack)
    event = customer.emit()

    (item,) = stack.items("OutboxTable")

    assert item["purge_at"] == int(event.created_at) + 30 * 86_400
