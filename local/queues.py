"""Event source mappings for queues: receive a batch, call the function, delete what it handled.

As in AWS, with the function's own permissions: a role that may not receive gets no messages. What
fails becomes visible again when its visibility timeout ends, and moves to the dead letter queue
once it was received ``maxReceiveCount`` times (moto does both).
"""

from collections.abc import Callable
from typing import Any

from local import identities
from local.aws import LocalAws
from local.functions import Functions, describe
from local.resources import FunctionSpec, QueueSource

Message = dict[str, Any]
MAXIMUM_CONCURRENCY = 10


class QueueConsumer:
    """Feeds one function from one queue."""

    def __init__(
        self,
        aws: LocalAws,
        functions: Functions,
        spec: FunctionSpec,
        source: QueueSource,
        *,
        report: Callable[[str], None] = print,
    ) -> None:
        self._functions = functions
        self._spec = spec
        self._source = source
        self._queue = aws.stack.queues[source.queue]
        self._sqs = aws.role_client("sqs", spec.name)
        self._report = report

    @property
    def concurrency(self) -> int:
        """How many batches may be handled at once: the mapping's limit, here at most ten."""
        return min(self._source.maximum_concurrency or MAXIMUM_CONCURRENCY, MAXIMUM_CONCURRENCY)

    def run_once(self) -> list[Message]:
        """Receive and handle one batch, without waiting for one; what was handled."""
        return self.handle(self.receive(0))

    def handle(self, messages: list[Message]) -> list[Message]:
        """Call the function with a batch and delete what it handled; the rest is left alone."""
        if not messages:
            return []
        failed = self._failed(messages)
        handled = [message for message in messages if message["MessageId"] not in failed]
        for message in handled:
            self._sqs.delete_message(
                QueueUrl=self._queue.url, ReceiptHandle=message["ReceiptHandle"]
            )
        return handled

    def receive(self, wait_seconds: int) -> list[Message]:
        """The next batch, waited for. Raises what the client raises if the role may not."""
        answer = self._sqs.receive_message(
            QueueUrl=self._queue.url,
            MaxNumberOfMessages=min(self._source.batch_size, 10),
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[Message] = answer.get("Messages", [])
        return messages

    def _failed(self, messages: list[Message]) -> set[str]:
        """The ids of the messages that the function did not handle."""
        everything = {message["MessageId"] for message in messages}
        event = {"Records": [self._record(message) for message in messages]}
        try:
            answer = self._functions.invoke(self._spec.name, event)
        except Exception as error:
            self._report(f"{self._spec.name} failed: {describe(error)}")
            return everything
        if not self._source.reports_item_failures or not isinstance(answer, dict):
            return set()
        failures = answer.get("batchItemFailures") or []
        failed = {failure.get("itemIdentifier") for failure in failures}
        # AWS takes an id that is not in the batch as a failure of all of it.
        return failed if failed <= everything else everything

    def _record(self, message: Message) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: _attribute(value)
                for name, value in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._queue.arn,
            "awsRegion": identities.REGION,
        }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "stringValue": value.get("StringValue"),
        "binaryValue": value.get("BinaryValue"),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
