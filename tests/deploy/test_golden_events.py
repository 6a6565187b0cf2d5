"""Functions get the same events from the local runner as where they are deployed.

A golden event that changes with a new version of the emulator is stored again, and looked at, with
``CARRICK_STORE_GOLDEN=1 make deploy-test``.
"""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.deploy.golden_events import (
    ITEM,
    MESSAGE,
    NAMES,
    REQUESTS,
    TEMPLATE,
    Sent,
    comparable,
    golden,
    store,
)
from tests.deploy.running_emulator import Emulator, eventually
from tests.support.sam import ROOT

Events = Mapping[str, Any]
MARK = "EVENT "


@pytest.fixture(scope="module")
def deployed(emulator: Emulator) -> Events:
    """The events that a deployed function got, by name."""
    ids = emulator.deploy(TEMPLATE, "echo")
    emulator.client("sqs").send_message(QueueUrl=ids["Queue"], MessageBody=MESSAGE)
    emulator.client("dynamodb").put_item(TableName=ids["Table"], Item=ITEM)
    run_now(emulator.client("scheduler"), ids["FunctionSchedule"])
    found = {name: echoed(emulator, ids["HttpApi"], sent) for name, sent in REQUESTS.items()}
    logged = eventually(
        lambda: all_three(emulator.client("logs"), f"/aws/lambda/{ids['Function']}"),
        within_seconds=60,
        what="the events of queue, stream and schedule",
    )
    return {**found, **logged}


def run_now(scheduler: Any, name: str) -> None:
    """Make a second schedule, for a time that is over: this emulator runs it at once."""
    found = scheduler.get_schedule(Name=name)
    scheduler.create_schedule(
        Name="once",
        ScheduleExpression="at(2000-01-01T00:00:00)",
        FlexibleTimeWindow=found["FlexibleTimeWindow"],
        Target=found["Target"],
    )


def echoed(emulator: Emulator, api_id: str, sent: Sent) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=60)
    try:
        target = f"/_aws/execute-api/{api_id}/$default{sent.target}"
        connection.putrequest(sent.method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.all_headers:
            connection.putheader(name, value)
        connection.endheaders(sent.body)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        return json.loads(body)
    finally:
        connection.close()


def all_three(logs: Any, group: str) -> Events:
    """What the function logged, once it has had one event of each source."""
    found = {}
    for line in logs.filter_log_events(logGroupName=group)["events"]:
        if line["message"].startswith(MARK):
            event = json.loads(line["message"].removeprefix(MARK))
            source = event.get("source") or event["Records"][0]["eventSource"]
            found[source] = event
    names = {"aws:sqs": "queue", "aws:dynamodb": "stream", "aws.scheduler": "schedule"}
    return {names[source]: event for source, event in found.items()} if len(found) == 3 else {}


@pytest.fixture(scope="module")
def local() -> Events:
    """The events that the local runner makes, by name."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.deploy.local_events"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "layers/core")))},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: Events = json.loads(made.stdout)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_deployed_function_gets_the_golden_event(name: str, deployed: Events) -> None:
    if os.environ.get("CARRICK_STORE_GOLDEN"):
        store(name, deployed[name])

    assert comparable(deployed[name]) == golden(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_local_runner_makes_the_golden_event(name: str, local: Events) -> None:
    assert comparable(local[name]) == as_aws(name, golden(name))


def as_aws(name: str, event: dict[str, Any]) -> dict[str, Any]:
    """A golden event as AWS gives it, where the emulator is known to differ."""
    # Amazon EventBridge Scheduler user guide, "Customizing targets": the detail is the text {}.
    return {**event, "detail": "{}"} if name == "schedule" else event
