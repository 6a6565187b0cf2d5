"""security.md #36, #41, #81: redirects are answers, and what is over a cap or broken is none."""

import threading
import zlib

import pytest

from carrick.errors import EgressFailedError
from carrick.models.http import OutboundRequest
from carrick.transport.client import Transport

TRANSPORT = Transport(allow_loopback=True)


def get(port: int) -> OutboundRequest:
    return OutboundRequest("GET", f"http://127.0.0.1:{port}/x")


def test_request_arrives_as_given_and_answer_comes_back(serve) -> None:
    server = serve(b"HTTP/1.1 201 Created\r\nX-One: 1\r\nContent-Length: 2\r\n\r\n{}")
    request = OutboundRequest(
        "POST",
        f"http://localhost:{server.port}/token?a=b%20c",
        {"Content-Type": "application/x-www-form-urlencoded"},
        b"grant_type=refresh_token",
    )
    answer = TRANSPORT.send(request)
    assert (answer.status, answer.headers["x-one"], answer.body) == (201, "1", b"{}")
    assert server.requests == [
        b"POST /token?a=b%%20c HTTP/1.1\r\n"
        b"Host: localhost:%d\r\n"
        b"User-Agent: Carrick\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n"
        b"Accept-Encoding: gzip\r\n"
        b"Connection: close\r\n"
        b"Content-Length: 24\r\n\r\n"
        b"grant_type=refresh_token" % server.port
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(serve, status) -> None:
    elsewhere = serve(b"HTTP/1.1 200 OK\r\n\r\n")
    location = f"http://127.0.0.1:{elsewhere.port}/"
    server = serve(
        f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    answer = TRANSPORT.send(get(server.port))
    assert (answer.status, answer.headers["location"]) == (status, location)
    assert elsewhere.connections == 0


def test_endless_gzip_bomb_is_hung_up_on(serve) -> None:
    bomb = zlib.compressobj(wbits=31)
    start = bomb.compress(bytes(1_000_000)) + bomb.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands alone, so that it can be repeated for ever.
    block = bomb.compress(bytes(1_000_000)) + bomb.flush(zlib.Z_FULL_FLUSH)
    hung_up = threading.Event()

    def explode(peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + start)
        try:
            while not peer.stopping.is_set():
                peer.send(block)
        except OSError:
            hung_up.set()

    with pytest.raises(EgressFailedError, match="too large") as failure:
        TRANSPORT.send(get(serve(explode).port))
    assert failure.value.maybe_sent is True
    assert hung_up.wait(5)


@pytest.mark.parametrize(
    "endless",
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 30_000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 60_000),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"4000\r\n%b\r\n" % bytes(16384),
        ),
    ],
)
def test_endless_answer_is_hung_up_on(serve, endless) -> None:
    hung_up = threading.Event()

    def send_for_ever(peer) -> None:
        peer.read_request()
        start, more = endless
        try:
            peer.send(start)
            while not peer.stopping.is_set():
                peer.send(more)
        except OSError:
            hung_up.set()

    with pytest.raises(EgressFailedError, match="too large") as failure:
        TRANSPORT.send(get(serve(send_for_ever).port), max_body_bytes=100_000)
    assert failure.value.maybe_sent is True
    assert hung_up.wait(5)


def hang_up(peer) -> None:
    peer.read_request()


def hang_up_mid_body(peer) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


def reset(peer) -> None:
    peer.read_request()
    peer.reset()


def reset_mid_body(peer) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    peer.reset()


def reset_mid_chunk(peer) -> None:
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{")
    peer.reset()


def reset_unread(peer) -> None:
    peer.connection.recv(1)
    peer.reset()


def speak_another_protocol(peer) -> None:
    peer.send(b"220 mail.example ESMTP\r\n")
    peer.read_request()


@pytest.mark.parametrize(
    "script",
    [
        hang_up,
        hang_up_mid_body,
        reset,
        reset_mid_body,
        reset_mid_chunk,
        reset_unread,
        speak_another_protocol,
    ],
)
def test_request_that_broke_on_the_way_was_maybe_sent(serve, script) -> None:
    with pytest.raises(EgressFailedError) as failure:
        TRANSPORT.send(get(serve(script).port))
    assert failure.value.maybe_sent is True
