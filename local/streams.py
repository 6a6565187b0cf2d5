"""Event source mappings for streams: hand new records to the function, in order, until it has them.

A record leaves the stream when the function has handled it, so after a restart none is missing; one
may come twice.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local import identities
from local.aws import LocalAws
from local.contents import StreamReader
from local.functions import Functions, describe
from local.resources import FunctionSpec, StreamSource

Record = dict[str, Any]
_NEEDED = ("dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords")


class StreamConsumer:
    """Feeds one function from the stream of one table."""

    def __init__(
        self,
        aws: LocalAws,
        functions: Functions,
        spec: FunctionSpec,
        source: StreamSource,
        *,
        report: Callable[[str], None] = print,
    ) -> None:
        self._aws = aws
        self._functions = functions
        self._spec = spec
        self._source = source
        self._arn = identities.stream_arn(source.table)
        self._reader = StreamReader(aws.table_name(source.table))
        self._attempts = 0
        self._report = report

    def check_permissions(self) -> None:
        """Raise ``PermissionError`` unless the function's role may read the stream."""
        for action in _NEEDED:
            refusal = self._aws.missing_permission(self._spec, action, self._arn)
            if refusal:
                raise PermissionError(refusal)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits to be dispatched."""
        return not self._reader.read(1)

    def run_once(self) -> list[Record] | None:
        """Dispatch the next batch; what was handled, or ``None`` if its first record must wait."""
        records = self._reader.read(self._source.batch_size)
        wanted = [record for record in records if self._admits(record)]
        if not wanted:
            self._reader.acknowledge(len(records))
            return []
        failed = self._first_failed(wanted)
        if failed is None:
            return self._advance(records, len(records), wanted)
        done = [record for record in wanted[: wanted.index(failed)]]
        position = records.index(failed)
        if done:
            return self._advance(records, position, done)
        self._attempts += 1
        if 0 <= self._source.maximum_retry_attempts < self._attempts:
            self._give_up(failed)
            return self._advance(records, position + 1, [])
        return None

    def _advance(self, records: list[Record], count: int, handled: list[Record]) -> list[Record]:
        self._reader.acknowledge(count)
        self._attempts = 0
        return handled

    def _first_failed(self, records: list[Record]) -> Record | None:
        """The oldest record that was not handled. Bisected on an error, if the mapping says so."""
        event = {"Records": [{**record, "eventSourceARN": self._arn} for record in records]}
        try:
            answer = self._functions.invoke(self._spec.name, event)
        except Exception as error:
            self._report(f"{self._spec.name} failed: {describe(error)}")
            if not self._source.bisects_on_error or len(records) == 1:
                return records[0]
            middle = len(records) // 2
            return self._first_failed(records[:middle]) or self._first_failed(records[middle:])
        if not self._source.reports_item_failures or not isinstance(answer, dict):
            return None
        failures = answer.get("batchItemFailures") or []
        failed = {str(failure.get("itemIdentifier")) for failure in failures}
        return next(
            (record for record in records if record["dynamodb"]["SequenceNumber"] in failed), None
        )

    def _give_up(self, record: Record) -> None:
        """Tell the failure destination where the record was, as AWS does: never its content."""
        if self._source.on_failure is None:
            return
        number = record["dynamodb"]["SequenceNumber"]
        body = {
            "requestContext": {"condition": "RetryAttemptsExhausted"},
            "version": "1.0",
            "DDBStreamBatchInfo": {
                "streamArn": self._arn,
                "batchSize": 1,
                "startSequenceNumber": number,
                "endSequenceNumber": number,
            },
        }
        self._aws.role_client("sqs", self._spec.name).send_message(
            QueueUrl=self._aws.queue_url(self._source.on_failure), MessageBody=json.dumps(body)
        )

    def _admits(self, record: Record) -> bool:
        filters = self._source.filters
        return not filters or any(_matches(pattern, record) for pattern in filters)


def _matches(pattern: Mapping[str, Any], value: Any) -> bool:
    """Whether an event pattern of exact values admits a value (EventBridge's filter syntax)."""
    if not isinstance(value, Mapping):
        return False
    return all(
        _matches(wanted, value.get(name))
        if isinstance(wanted, Mapping)
        else value.get(name) in wanted
        for name, wanted in pattern.items()
    )
