"""An operator can follow an event by its id; URL, keys and content are not in the log."""

import json

import pytest

from carrick.domain.webhook_delivery import ATTEMPTS
from tests.support.logs import Logs
from tests.support.stack import RunningStack
from tests.support.webhook_endpoint import Answer, webhook_endpoint
from tests.support.webhooks import webhook_customer


@pytest.mark.parametrize("status", [200, 410, 500])
def test_neither_url_nor_key_nor_answer_is_logged(
    stack: RunningStack, logs: Logs, status: int
) -> None:
    with webhook_endpoint(Answer(status, body=b"text of the answer")) as endpoint:
        url = endpoint.url + "?token=token-in-the-url"
        customer = webhook_customer(stack, primary_url=url)
        event = customer.relay()
        stack.run_queue("WebhookQueue")

    assert event.event_id in logs.text
    assert endpoint.deliveries[0].path.endswith("?token=token-in-the-url")
    secrets = [customer.keys[0], customer.keys[0].removeprefix("whsec_"), "token-in-the-url"]
    for text in [*secrets, "text of the answer", "a@b.co", endpoint.url]:
        assert text not in logs.text


def test_giving_up_is_an_error_that_names_event_endpoint_and_reason(
    stack: RunningStack, logs: Logs
) -> None:
    with webhook_endpoint(Answer(503)) as endpoint:
        event = webhook_customer(stack, primary_url=endpoint.url).relay()
        for _ in range(ATTEMPTS):
            stack.show_messages("WebhookQueue")
            stack.run_queue("WebhookQueue")

    lines = [json.loads(line) for line in logs.text.splitlines() if line.startswith('{"level"')]
    (given_up,) = [line for line in lines if line["level"] == "ERROR"]
    assert given_up["message"] == "webhook.given_up"
    assert given_up["event_id"] == event.event_id
    assert given_up["endpoint_name"] == "primary"
    assert given_up["status"] == 503
    assert given_up["attempt"] == ATTEMPTS
    assert '"WebhookGivenUp"' in logs.text
