"""RefreshQueue: one message per connection that is due. Ids only."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from typing import Any

from carrick.models.events import RefreshMessage


class RefreshQueue:
    """Sends in batches of ten."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[RefreshMessage]) -> int:
        """Send all; returns how many SQS took. One that it did not take is due next minute."""
        sent, waiting = 0, iter(messages)
        while batch := list(islice(waiting, 10)):
            answer = self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "MessageBody": json.dumps(asdict(message))}
                    for number, message in enumerate(batch)
                ],
            )
            sent += len(answer.get("Successful", []))
        return sent


def parse(body: str) -> RefreshMessage:
    """A message from its body. Raises ``KeyError``, ``TypeError`` or ``ValueError``."""
    return RefreshMessage(**json.loads(body))
