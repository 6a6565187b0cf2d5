"""The loopback server: framing, kept connections, and requests that are none (RFC 9112)."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from local.http_messages import HttpRequest, HttpResponse
from local.servers import LoopbackServer


def echo(request: HttpRequest) -> HttpResponse:
    if request.target == "/split":
        return HttpResponse(200, (("x-split", "a\r\nset-cookie: b=1"),))
    if request.target == "/fail":
        raise ValueError("canary-secret")
    return HttpResponse(200, (("x-target", request.target),), request.body)


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    running = LoopbackServer()
    running.start(echo)
    yield running
    running.stop()


def talk(server: LoopbackServer, *requests: bytes) -> bytes:
    """Send requests over one connection; all that came back until it was closed."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=5)) as connection:
        for request in requests:
            connection.sendall(request)
        with suppress(OSError):  # it may have closed the connection already
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_one_connection_serves_many_requests(server: LoopbackServer) -> None:
    one = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    two = b"GET /b?c=%20 HTTP/1.1\r\nHost: x\r\n\r\n"
    answers = talk(server, one, two)
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert b"x-target: /a\r\n" in answers
    assert b"\r\n\r\nabc" in answers
    assert b"x-target: /b?c=%20\r\n" in answers


def test_a_chunked_body_is_put_together(server: LoopbackServer) -> None:
    request = (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n2;extension=1\r\nde\r\n0\r\n\r\n"
    )
    assert talk(server, request).endswith(b"\r\n\r\nabcde")


def test_a_client_that_asks_first_is_told_to_continue(server: LoopbackServer) -> None:
    request = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na"
    assert talk(server, request).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


@pytest.mark.parametrize("line", [b"GET / HTTP/1.0", b"GET / HTTP/1.1\r\nConnection: close"])
def test_the_connection_ends_when_the_client_wants_it(server: LoopbackServer, line: bytes) -> None:
    answers = talk(server, line + b"\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answers.count(b"HTTP/1.1 200") == 1
    assert b"connection: close\r\n" in answers


def test_head_has_no_body(server: LoopbackServer) -> None:
    request = b"HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    answer = talk(server, request)
    assert b"content-length: 3\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/2.0\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
    ],
)
def test_what_cannot_be_read_is_refused(
    server: LoopbackServer, request_bytes: bytes, status: bytes
) -> None:
    assert talk(server, request_bytes).startswith(b"HTTP/1.1 " + status)


def test_a_header_cannot_be_split(server: LoopbackServer) -> None:
    answer = talk(server, b"GET /split HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"set-cookie" not in answer


def test_a_failure_says_nothing_of_itself(server: LoopbackServer) -> None:
    answer = talk(server, b"GET /fail HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"canary-secret" not in answer


def test_a_port_that_is_taken_is_an_error(server: LoopbackServer) -> None:
    with pytest.raises(OSError) as caught:
        LoopbackServer(server.port)
    assert caught.value.errno == errno.EADDRINUSE
