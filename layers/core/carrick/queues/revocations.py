"""The revocation queue: one message per deletion, its event id only.

A message that is due later stays received and invisible, as in ``queues.webhooks``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ReceivedRevocation:
    """A message as received. ``attempt`` counts the times it was, this one included."""

    event_id: str
    attempt: int
    receipt_handle: str = field(repr=False)


class RevocationQueue:
    """Takes an SQS client and the queue's URL."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, event_id: str) -> None:
        """Revoke what this deletion left, as soon as may be."""
        body = json.dumps({"event_id": event_id}, separators=(",", ":"))
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

    def postpone(self, received: ReceivedRevocation, seconds: int) -> None:
        """Make a received message visible again in so many seconds, at most twelve hours.

        The function must then report it as failed, or Lambda deletes it.
        """
        self._client.change_message_visibility(
            QueueUrl=self._url,
            ReceiptHandle=received.receipt_handle,
            VisibilityTimeout=seconds,
        )


def received_revocation(record: Mapping[str, Any]) -> ReceivedRevocation:
    """One record of the event with which Lambda calls a consumer of the queue."""
    return ReceivedRevocation(
        event_id=json.loads(record["body"])["event_id"],
        attempt=int(record["attributes"]["ApproximateReceiveCount"]),
        receipt_handle=record["receiptHandle"],
    )
