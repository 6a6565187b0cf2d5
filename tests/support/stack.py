"""The stack of ``template.yaml`` for integration tests: events in, answers and stored things out.

Fixtures (tests/integration/conftest.py makes them available):

``aws``    the in-process AWS, once per pytest process. The template's IAM statements are enforced:
           a permission that is missing there fails the test.
``stack``  the same, emptied before each test, with functions to call. After the test no request
           may have been denied (``stack.denials``), and nothing that was stored, queued or logged
           may hold the text ``canary-secret``.

Time does not move here. A test that needs another time changes stored times:
``stack.update("FlowsTable", {"pk": key}, expires_at=0)``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from carrick.store.conditional_writes import update_of
from carrick.store.items import from_item, to_item
from local import contents
from local.aws import LocalAws
from local.functions import Functions
from local.gateway import Gateway, routes_of
from local.http_messages import HttpRequest, HttpResponse
from local.queues import QueueConsumer
from local.resources import FunctionSpec, QueueSource, ScheduleSource, StreamSource
from local.schedules import Schedule
from local.streams import StreamConsumer
from local.template import Stack
from tests.support.logs import Logs

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
BASE_URL = "https://carrick.example"
CANARY = "canary-secret"


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    """The stack's AWS resources, made once per pytest process."""
    local = LocalAws(Stack.load(TEMPLATE, {"PublicBaseUrl": BASE_URL}))
    local.start()
    local.create_resources()
    yield local
    local.stop()


@pytest.fixture
def stack(aws: LocalAws, logs: Logs) -> Iterator["RunningStack"]:
    """An empty stack, whose functions are set up at their first use in the test."""
    aws.clear()
    running = RunningStack(aws)
    aws.on_denial[:] = [running.denials.append]
    yield running
    assert not running.denials, "template.yaml lacks a permission"
    assert CANARY not in logs.text, "a secret was logged"
    assert CANARY not in running.everything_stored(), "a secret was stored or queued in plain"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as a client sees it. Header names are lower case; ``cookies`` by name."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: Mapping[str, str] = field(default_factory=dict)
    set_cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message in a queue, looked at without receiving it."""

    message_id: str
    body: str
    receive_count: int
    hidden_seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


class RunningStack:
    """Calls functions as AWS would, and looks at what they leave behind."""

    base_url = BASE_URL

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.denials: list[str] = []
        self._variables = {"EGRESS_ALLOW_LOOPBACK": "1"}
        self._functions = Functions(aws, self._variables)

    @property
    def root_key(self) -> str:
        return self.aws.secret_value("RootKeySecret")

    def set(self, **variables: str) -> None:
        """Environment variables for every function; those in use are set up again."""
        self._variables.update(variables)
        self._functions = Functions(self.aws, self._variables)

    def function(self, name: str, **variables: str) -> ModuleType:
        """A function's module, its dependencies built anew in its own environment."""
        return self._functions.load(name, **variables)

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Call a function with an event and a context. What it raises comes through."""
        return self._functions.invoke(name, event)

    def http(
        self,
        method: str,
        path: str,
        *,
        api: str = "HttpApi",
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: Any = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request through the local gateway. ``path`` may hold a query, sent as it is.

        ``body`` may be bytes, text, or anything else, which is sent as JSON.
        """
        request = _request(method, path, headers, body, cookies or {})
        gateway = Gateway(self._functions, routes_of(self.aws.stack.routes, api))
        return _response(gateway.handle(request))

    def queued(self, queue: str) -> list[QueuedMessage]:
        """What a queue holds, also what is hidden or delayed."""
        return contents.peek(self.aws.stack.queues[queue], QueuedMessage)

    def messages(self, queue: str) -> list[Any]:
        """The bodies of all messages in a queue, parsed. They stay there."""
        return [message.json() for message in self.queued(queue)]

    def send(self, queue: str, body: Any) -> None:
        """Put a message into a queue."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.aws.client("sqs").send_message(QueueUrl=self.aws.queue_url(queue), MessageBody=text)

    def show_messages(self, queue: str) -> None:
        """Let the waiting of hidden and delayed messages be over."""
        contents.make_visible(self.aws.stack.queues[queue])

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, as plain values."""
        pages = self.aws.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.aws.table_name(table), ConsistentRead=True)
        return [from_item(item) for page in found for item in page["Items"]]

    def put(self, table: str, values: Mapping[str, Any]) -> None:
        """Write an item."""
        self.aws.client("dynamodb").put_item(
            TableName=self.aws.table_name(table), Item=to_item(values)
        )

    def update(self, table: str, key: Mapping[str, Any], **values: Any) -> None:
        """Set attributes of an item; ``None`` removes one."""
        request = {name: part for name, part in update_of(values).items() if part}
        self.aws.client("dynamodb").update_item(
            TableName=self.aws.table_name(table), Key=to_item(key), **request
        )

    def delete(self, table: str, key: Mapping[str, Any]) -> None:
        """Remove an item."""
        self.aws.client("dynamodb").delete_item(
            TableName=self.aws.table_name(table), Key=to_item(key)
        )

    def run_queue(self, queue: str) -> list[dict[str, Any]]:
        """Hand the next batch of a queue to its function; the messages that it handled."""
        spec, source = self._consumer_of(QueueSource, "queue", queue)
        return QueueConsumer(self.aws, self._functions, spec, source).run_once()

    def run_stream(self, table: str) -> list[dict[str, Any]] | None:
        """Hand the next batch of a table's stream to its function."""
        spec, source = self._consumer_of(StreamSource, "table", table)
        consumer = StreamConsumer(self.aws, self._functions, spec, source)
        consumer.check_permissions()
        return consumer.run_once()

    def run_schedule(self, function: str) -> Any:
        """Call a scheduled function."""
        spec = self.aws.stack.functions[function]
        (source,) = (source for source in spec.sources if isinstance(source, ScheduleSource))
        return Schedule(self._functions, spec, source).run_once()

    def everything_stored(self) -> str:
        """All items and messages as one text; binary values as the bytes they hold."""
        parts = [repr(item) for table in self.aws.stack.tables for item in self.items(table)]
        parts += [message.body for queue in self.aws.stack.queues for message in self.queued(queue)]
        return "\n".join(parts)

    def _consumer_of(
        self, kind: type[Any], attribute: str, wanted: str
    ) -> tuple[FunctionSpec, Any]:
        for spec in self.aws.stack.functions.values():
            for source in spec.sources:
                if isinstance(source, kind) and getattr(source, attribute) == wanted:
                    return spec, source
        raise LookupError(f"no function consumes {wanted}")


def _request(
    method: str,
    path: str,
    headers: Mapping[str, str] | Sequence[tuple[str, str]],
    body: Any,
    cookies: Mapping[str, str],
) -> HttpRequest:
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    names = {name.lower() for name, _ in pairs}
    if "host" not in names:
        pairs.append(("host", BASE_URL.removeprefix("https://")))
    if body is None:
        content = b""
    elif isinstance(body, bytes | str):
        content = body.encode() if isinstance(body, str) else body
    else:
        content = json.dumps(body).encode()
        if "content-type" not in names:
            pairs.append(("content-type", "application/json"))
    if cookies:
        pairs.append(("cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
    return HttpRequest(method, path, tuple(pairs), content)


def _response(response: HttpResponse) -> Response:
    set_cookies = tuple(value for name, value in response.headers if name == "set-cookie")
    pairs = (cookie.partition(";")[0].partition("=") for cookie in set_cookies)
    return Response(
        status=response.status,
        headers={name.lower(): value for name, value in response.headers},
        body=response.body,
        cookies={name: value for name, _, value in pairs},
        set_cookies=set_cookies,
    )
