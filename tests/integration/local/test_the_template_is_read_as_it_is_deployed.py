"""Routes, variables, permissions, queues and schedules come from template.yaml and nowhere else."""

from pathlib import Path

import pytest

from local.events import match_route
from local.resources import QueueSource, ScheduleSource, StreamSource
from local.template import Stack
from tests.integration.local import small_template
from tests.support.stack import TEMPLATE


@pytest.fixture(scope="module")
def deployed() -> Stack:
    return Stack.load(TEMPLATE, {"PublicBaseUrl": "http://localhost:8400"})


def test_every_folder_of_functions_is_a_function(deployed: Stack) -> None:
    folders = {path.parent.name for path in (TEMPLATE.parent / "functions").glob("*/app.py")}
    assert set(deployed.functions) == folders


def test_variables_hold_names_and_addresses(deployed: Stack) -> None:
    variables = deployed.functions["connections"].environment
    assert variables["CONNECTIONS_TABLE"] == deployed.tables["ConnectionsTable"].name
    assert variables["CREDENTIALS_KEY_ARN"] == deployed.keys["CredentialsKey"].arn
    assert variables["REFRESH_JOURNAL_QUEUE_URL"] == deployed.queues["RefreshJournalQueue"].url
    assert variables["REFRESH_SHARDS"] == "16"
    redirect = deployed.functions["callback_redirect"].environment
    assert redirect["CALLBACK_TARGET_URL"] == "http://localhost:8400/oauth/callback"


def test_queue_settings_are_the_templates(deployed: Stack) -> None:
    queue = deployed.queues["RefreshQueue"]
    assert queue.visibility_timeout_seconds == 180
    assert queue.dead_letter_queue == "RefreshDeadLetterQueue"
    (source,) = deployed.functions["refresh_worker"].sources
    assert source == QueueSource("RefreshQueue", 10, True, 20)


def test_stream_and_schedule_are_the_templates(deployed: Stack) -> None:
    (stream,) = deployed.functions["webhook_relay"].sources
    assert isinstance(stream, StreamSource)
    assert (stream.table, stream.batch_size, stream.bisects_on_error) == ("OutboxTable", 25, True)
    assert stream.filters == ({"eventName": ["INSERT"]},)
    assert stream.on_failure == "WebhookRelayDeadLetterQueue"
    (schedule,) = deployed.functions["refresh_schedule"].sources
    assert isinstance(schedule, ScheduleSource)
    assert schedule.every_seconds == 60


def test_the_time_to_live_of_a_table_is_known(deployed: Stack) -> None:
    assert deployed.tables["FlowsTable"].expiry_attribute == "purge_at"
    assert deployed.tables["ConnectionsTable"].expiry_attribute is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", {"NAME": "nobody"}),
        ("Ada", {"NAME": "hello Ada", "ABSENT": "here"}),
    ],
)
def test_conditions_and_references_are_resolved(
    tmp_path: Path, name: str, expected: dict[str, str]
) -> None:
    stack = Stack.load(small_template.write(tmp_path), {"Name": name})
    always = {
        "TABLE": stack.tables["Table"].name,
        "JOINED": "a-us-east-1",
        "ESCAPED": "${literal}",
    }
    assert stack.functions["echo"].environment == {**always, **expected}


@pytest.mark.parametrize(
    ("method", "target", "key", "parameters"),
    [
        ("GET", "/things/first", "GET /things/first", {}),
        ("GET", "/things/second?x=/", "GET /things/{id}", {"id": "second"}),
        ("GET", "/things/a%20b", "GET /things/{id}", {"id": "a b"}),
        ("GET", "/things/a%2Fb", "GET /things/{id}", {"id": "a/b"}),
        ("GET", "/files/a/b/c", "GET /files/{path+}", {"path": "a/b/c"}),
        ("DELETE", "/any", "ANY /any", {}),
    ],
)
def test_the_most_specific_route_is_chosen(
    tmp_path: Path, method: str, target: str, key: str, parameters: dict[str, str]
) -> None:
    stack = Stack.load(small_template.write(tmp_path))
    found = match_route(stack.routes, method, target)
    assert found is not None
    assert (found[0].key, found[1]) == (key, parameters)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/things/first"),
        ("GET", "/things"),
        ("GET", "/things/"),
        ("GET", "/things/a/b"),
        ("GET", "/files/"),
        ("GET", "/"),
    ],
)
def test_what_is_no_route_in_aws_is_none_here(tmp_path: Path, method: str, target: str) -> None:
    stack = Stack.load(small_template.write(tmp_path))
    assert match_route(stack.routes, method, target) is None
