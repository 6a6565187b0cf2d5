"""The webhook queue: one message per event and endpoint, ids only.

The event and the URL are read when the message arrives, so that a changed URL counts at once.
A message that is due later stays received and invisible: SQS itself delays by no more than
15 minutes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from carrick.models.events import WebhookMessage

MAX_WAIT_SECONDS = 12 * 3600 - 300
"""SQS refuses more than 12 hours counted from when the message was received, so five minutes are
left for the attempt itself (Amazon SQS API Reference, ``ChangeMessageVisibility``)."""


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """A message as received. ``attempt`` counts the times it was, this one included."""

    message: WebhookMessage
    attempt: int
    receipt_handle: str = field(repr=False)


class WebhookQueue:
    """Takes an SQS client and the queue's URL."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: WebhookMessage) -> None:
        """Deliver this event to this endpoint, as soon as may be."""
        body = json.dumps(asdict(message), separators=(",", ":"))
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

    def postpone(self, received: ReceivedWebhook, seconds: int) -> None:
        """Make a received message visible again in so many seconds, at most ``MAX_WAIT_SECONDS``.

        The function must then report it as failed, or Lambda deletes it.
        """
        self._client.change_message_visibility(
            QueueUrl=self._url,
            ReceiptHandle=received.receipt_handle,
            VisibilityTimeout=seconds,
        )


def received_webhook(record: Mapping[str, Any]) -> ReceivedWebhook:
    """One record of the event with which Lambda calls a consumer of the queue."""
    return ReceivedWebhook(
        message=WebhookMessage(**json.loads(record["body"])),
        attempt=int(record["attributes"]["ApproximateReceiveCount"]),
        receipt_handle=record["receiptHandle"],
    )
