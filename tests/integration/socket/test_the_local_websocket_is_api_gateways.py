"""On the laptop, the WebSocket API answers on the API's port as API Gateway does on its own.

The client is the ``websockets`` package: an implementation of RFC 6455 that knows nothing of ours.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from local.functions import Functions
from local.gateway import Gateway, routes_of
from local.servers import LoopbackServer
from local.socket_gateway import SocketGateway
from tests.support.authorization_server import AuthorizationServer
from tests.support.sockets import socket_api
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

SECONDS = 10.0


@dataclass
class Port:
    """The port of the main API, with its WebSocket API."""

    stack: RunningStack
    number: int
    sockets: SocketGateway

    def open(self, path: str = "/", **options: object) -> ClientConnection:
        """A client after its handshake."""
        return connect(f"ws://127.0.0.1:{self.number}{path}", proxy=None, **options)  # type: ignore[arg-type]

    def acknowledged(self, client: ClientConnection) -> str:
        """What the client is told that it is called."""
        self.stack.run_stream("SocketsTable")
        return str(received(client)["ws_client_id"])


@pytest.fixture
def port(stack: RunningStack) -> Iterator[Port]:
    functions = Functions(stack.aws)
    gateway = Gateway(functions, routes_of(stack.aws.stack.routes, "HttpApi"))
    sockets = SocketGateway(functions, socket_api(stack), stack.aws.sockets)
    server = LoopbackServer()
    server.start(gateway.handle, upgrade=sockets.serve)
    yield Port(stack, server.port, sockets)
    sockets.stop()
    server.stop(grace_seconds=0)


def received(client: ClientConnection) -> dict[str, object]:
    message = json.loads(client.recv(SECONDS))
    assert isinstance(message, dict)
    return message


def management(stack: RunningStack, access_key: str) -> Any:
    """A client of the management API, of whoever has this access key."""
    return botocore.session.Session().create_client(
        "apigatewaymanagementapi",
        region_name="us-east-1",
        endpoint_url=stack.aws.environment("socket")["WEBSOCKET_ENDPOINT"],
        aws_access_key_id=access_key,
        aws_secret_access_key="local",
    )


@pytest.mark.parametrize("path", ["/", "/socket", "/?from=test"])
def test_it_is_at_the_root_and_at_its_stage(port: Port, path: str) -> None:
    with port.open(path) as client:
        assert port.acknowledged(client).startswith("ws_")


def test_it_is_nowhere_else(port: Port) -> None:
    with pytest.raises(InvalidStatus) as refused:
        port.open("/oauth/callback")

    assert refused.value.response.status_code == 403
    assert port.stack.items("SocketsTable") == []


def test_the_same_port_answers_http(port: Port) -> None:
    with port.open() as client:
        http = HTTPConnection("127.0.0.1", port.number, timeout=SECONDS)
        http.request("GET", "/health")
        assert http.getresponse().status == 200
        http.close()
        assert port.acknowledged(client)


def test_a_client_that_is_refused_gets_no_connection(port: Port) -> None:
    functions = Functions(port.stack.aws, {"SOCKETS_TABLE": "no-such-table"})
    sockets = SocketGateway(functions, socket_api(port.stack), port.stack.aws.sockets)
    server = LoopbackServer()
    server.start(lambda request: pytest.fail("not HTTP"), upgrade=sockets.serve)

    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{server.port}/", proxy=None)

    assert refused.value.response.status_code == 500
    server.stop(grace_seconds=0)
    port.stack.denials.clear()  # the outage is a table that the function may not write to


def test_a_whole_flow_is_told_over_it(
    port: Port, tenant: Tenant, server: AuthorizationServer
) -> None:
    with port.open() as client:
        name = port.acknowledged(client)
        started = tenant.start(tenant.session(), query=f"&ws_client_id={name}")
        tenant.back(server.authorize(started.headers["location"]), started.cookies)

        assert received(client)["message_type"] == "success"


def test_a_failed_start_is_told_over_it(port: Port, tenant: Tenant) -> None:
    with port.open() as client:
        tenant.start("", query=f"&ws_client_id={port.acknowledged(client)}")

        assert received(client)["message_type"] == "error"


def test_what_a_client_sends_is_not_answered(port: Port) -> None:
    with port.open() as client:
        name = port.acknowledged(client)
        client.send("hello")
        assert client.ping().wait(SECONDS)
        port.stack.http("GET", f"/oauth/connect/x?ws_client_id={name}")
        assert received(client)["message_type"] == "error"


def test_leaving_is_noticed(port: Port) -> None:
    written = threading.Event()
    with port.open() as client:
        port.acknowledged(client)
        assert len(port.stack.items("SocketsTable")) == 1
        port.stack.aws.on_write.append(written.set)

    assert written.wait(SECONDS)
    port.stack.aws.on_write.remove(written.set)
    assert port.stack.items("SocketsTable") == []


def test_the_management_api_knows_who_is_there(port: Port) -> None:
    administrator = management(port.stack, port.stack.aws.access_key)
    with port.open(user_agent_header="canary") as client:
        (row,) = port.stack.items("SocketsTable")
        port.acknowledged(client)

        known = administrator.get_connection(ConnectionId=row["pk"])
        administrator.post_to_connection(ConnectionId=row["pk"], Data=b'{"hello":"\xc3\xbc"}')

        assert known["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": "canary"}
        assert received(client) == {"hello": "ü"}
        administrator.delete_connection(ConnectionId=row["pk"])
        with pytest.raises(ConnectionClosed):
            client.recv(SECONDS)
    for call in (administrator.get_connection, administrator.delete_connection):
        with pytest.raises(administrator.exceptions.GoneException):
            call(ConnectionId="bm9ib2R5AAAAAAA=")


@pytest.mark.parametrize("name", ["session", "connections", "web"])
def test_only_functions_with_the_permission_may_post(port: Port, name: str) -> None:
    stack = port.stack
    role = management(stack, stack.aws.environment(name)["AWS_ACCESS_KEY_ID"])
    with port.open() as client:
        port.acknowledged(client)
        (row,) = stack.items("SocketsTable")

        with pytest.raises(ClientError, match="not authorized to perform: execute-api"):
            role.post_to_connection(ConnectionId=row["pk"], Data=b"x")

    assert len(stack.denials) == 1
    stack.denials.clear()
