"""The events that the local runner makes of what ``golden_events`` sends, as one JSON object.

A program, since the runner's AWS keeps its state in the process that it is in::

    python -m tests.deploy.local_events
"""

import json
from collections.abc import Mapping
from typing import Any

from local.aws import LocalAws
from local.gateway import Gateway
from local.http_messages import HttpRequest
from local.queues import QueueConsumer
from local.resources import FunctionSpec, QueueSource, ScheduleSource, StreamSource
from local.schedules import Schedule
from local.streams import StreamConsumer
from local.template import Stack
from tests.deploy.golden_events import ITEM, MESSAGE, REQUESTS, TEMPLATE


class Recorder:
    """In the place of ``local.functions.Functions``: keeps the event that it is called with."""

    event: Any = None

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        self.event = json.loads(json.dumps(event))
        return {"statusCode": 200}


def events() -> dict[str, Any]:
    """All events, by name."""
    aws = LocalAws(Stack.load(TEMPLATE))
    aws.start()
    try:
        aws.create_resources()
        return {**_http(aws), **_others(aws)}
    finally:
        aws.stop()


def _http(aws: LocalAws) -> dict[str, Any]:
    found = {}
    for name, sent in REQUESTS.items():
        recorder = Recorder()
        request = HttpRequest(sent.method, sent.target, sent.all_headers, sent.body)
        answer = Gateway(recorder, aws.stack.routes).handle(request)
        assert answer.status == 200, name
        found[name] = recorder.event
    return found


def _others(aws: LocalAws) -> dict[str, Any]:
    aws.client("sqs").send_message(QueueUrl=aws.queue_url("Queue"), MessageBody=MESSAGE)
    aws.client("dynamodb").put_item(TableName=aws.table_name("Table"), Item=ITEM)
    spec: FunctionSpec = aws.stack.functions["echo"]
    names = {QueueSource: "queue", StreamSource: "stream", ScheduleSource: "schedule"}
    consumers = {
        QueueSource: QueueConsumer,
        StreamSource: StreamConsumer,
        ScheduleSource: lambda aws, *others: Schedule(*others),
    }
    found = {}
    for source in spec.sources:
        recorder = Recorder()
        consumers[type(source)](aws, recorder, spec, source).run_once()
        found[names[type(source)]] = recorder.event
    return found


if __name__ == "__main__":
    print(json.dumps(events()))
