"""security.md #49: whatever goes wrong, neither request nor answer is quoted."""

import gzip
import logging
import traceback

import pytest

from carrick.errors import EgressError
from carrick.models.http import OutboundRequest
from carrick.transport.client import Transport

CANARY = b"canary-secret-of-the-answer"

ANSWERS = [
    CANARY + b"\r\n\r\n",
    b"HTTP/1.1 " + CANARY + b"\r\n\r\n",
    b"HTTP/" + CANARY + b" 200 OK\r\n\r\n",
    b"HTTP/1.1 101 " + CANARY + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + CANARY,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CANARY + b"\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + CANARY + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + CANARY,
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(CANARY, mtime=0)[:-4],
    b"HTTP/1.1 200 OK\r\nX: " + CANARY * 10_000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n" + CANARY * 1000,
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n" + CANARY + b"\r\nX: 1\r\n\r\n",
    b"",
]


def request(origin: str, **changes: object) -> OutboundRequest:
    fields = {
        "method": "POST",
        "url": f"{origin}/canary-secret-path?key=canary-secret-query",
        "headers": {"Authorization": "Bearer canary-secret-header"},
        "body": b"refresh_token=canary-secret-body",
    }
    return OutboundRequest(**(fields | changes))


def assert_quiet(transport: Transport, outgoing: OutboundRequest, caplog) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(EgressError) as raised:
        transport.send(outgoing, max_body_bytes=10_000, deadline_seconds=2)
    shown = [repr(raised.value), str(raised.value), caplog.text]
    shown += traceback.format_exception(raised.value)
    assert "canary-secret" not in "".join(shown)


@pytest.mark.parametrize("answer", ANSWERS)
def test_broken_answer_is_not_quoted(serve, caplog, answer) -> None:
    origin = f"http://127.0.0.1:{serve(answer).port}"
    assert_quiet(Transport(allow_loopback=True), request(origin), caplog)


@pytest.mark.parametrize(
    "origin",
    [
        "https://10.0.0.1",
        "http://a.example",
        "https://a.example:8443",
        "https://canary-secret-user@a.example",
        "https://a.example",
        "not a URL",
        "http://localhost:1",
        "https://localhost:1",
    ],
)
def test_refused_or_unreachable_request_is_not_quoted(caplog, origin) -> None:
    def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "localhost" else []

    assert_quiet(Transport(allow_loopback=True, resolver=resolver), request(origin), caplog)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "canary-secret"},
        {"headers": {"X": "canary-secret\r\n"}},
        {"headers": {"canary-secret\r\n": "x"}},
        {"headers": {"X": "canary-secret\u2603"}},
        {"headers": {"Host": "canary-secret"}},
    ],
)
def test_request_that_cannot_be_sent_is_not_quoted(caplog, changes) -> None:
    transport = Transport(allow_loopback=True)
    assert_quiet(transport, request("http://localhost:1", **changes), caplog)
