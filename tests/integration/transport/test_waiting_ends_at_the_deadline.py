"""security.md #41: the deadline is for the whole request; a peer that drips does not extend it."""

import time

import pytest

from carrick.errors import EgressFailedError
from carrick.models.http import OutboundRequest
from carrick.transport.client import Transport

HEAD = b"HTTP/1.1 200 OK\r\n"
SLOW = b"x" * 1000


def drip_status_line(peer) -> None:
    peer.read_request()
    peer.drip(b"HTTP/1.1 200 " + SLOW)


def drip_fields(peer) -> None:
    peer.read_request()
    peer.send(HEAD)
    peer.drip(b"X: " + SLOW)


def drip_body(peer) -> None:
    peer.read_request()
    peer.send(HEAD + b"Content-Length: 1000\r\n\r\n")
    peer.drip(SLOW)


def drip_body_without_length(peer) -> None:
    peer.read_request()
    peer.send(HEAD + b"\r\n")
    peer.drip(SLOW)


def drip_chunks(peer) -> None:
    peer.read_request()
    peer.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    peer.drip(b"1\r\nx\r\n" * 1000)


def drip_trailer(peer) -> None:
    peer.read_request()
    peer.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n")
    peer.drip(b"X: 1\r\n" * 1000)


def drip_interim_answers(peer) -> None:
    peer.read_request()
    peer.drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def say_nothing(peer) -> None:
    peer.read_request()
    peer.stopping.wait(5)


def read_nothing(peer) -> None:
    peer.stopping.wait(5)


def assert_ends(
    transport: Transport, request: OutboundRequest, **limits: float
) -> EgressFailedError:
    """Send; the request must fail for want of time, after the least limit and not much later."""
    started = time.monotonic()
    with pytest.raises(EgressFailedError, match="it took too long") as failure:
        transport.send(request, **limits)
    elapsed = time.monotonic() - started
    assert min(limits.values()) - 0.01 <= elapsed < min(limits.values()) + 0.5
    return failure.value


@pytest.mark.parametrize(
    "script",
    [
        drip_status_line,
        drip_fields,
        drip_body,
        drip_body_without_length,
        drip_chunks,
        drip_trailer,
        drip_interim_answers,
        say_nothing,
    ],
)
@pytest.mark.parametrize("over_tls", [False, True])
def test_slow_answer_is_given_up(serve, authority, script, over_tls) -> None:
    server = serve(script, authority.serving("127.0.0.1") if over_tls else None)
    transport = Transport(allow_loopback=True, ssl_context=authority.trusting())
    url = f"{'https' if over_tls else 'http'}://127.0.0.1:{server.port}/"
    failure = assert_ends(transport, OutboundRequest("GET", url), deadline_seconds=0.15)
    assert failure.maybe_sent is True


def test_a_drip_of_one_byte_per_second_ends_at_one_second(serve) -> None:
    def drip(peer) -> None:
        peer.read_request()
        peer.send(HEAD + b"Content-Length: 1000\r\n\r\n")
        while not peer.stopping.wait(1):
            peer.send(b"x")

    url = f"http://127.0.0.1:{serve(drip).port}/"
    failure = assert_ends(
        Transport(allow_loopback=True), OutboundRequest("GET", url), deadline_seconds=1
    )
    assert failure.maybe_sent is True


def read_slowly(peer) -> None:
    while not peer.stopping.wait(0.02):
        peer.connection.recv(20_000)


@pytest.mark.parametrize("script", [read_nothing, read_slowly])
@pytest.mark.parametrize("over_tls", [False, True])
def test_peer_that_does_not_take_the_request_is_given_up(
    serve, authority, script, over_tls
) -> None:
    server = serve(script, authority.serving("127.0.0.1") if over_tls else None)
    transport = Transport(allow_loopback=True, ssl_context=authority.trusting())
    url = f"{'https' if over_tls else 'http'}://127.0.0.1:{server.port}/"
    request = OutboundRequest("POST", url, body=bytes(20_000_000))
    assert assert_ends(transport, request, deadline_seconds=0.3).maybe_sent is True


def drip_handshake(peer) -> None:
    # A record of 16 KiB that says it begins a ServerHello.
    peer.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")
    peer.drip(SLOW)


@pytest.mark.parametrize("script", [drip_handshake, read_nothing])
@pytest.mark.parametrize(
    "limits",
    [
        {"connect_seconds": 0.15, "deadline_seconds": 5},
        {"connect_seconds": 5, "deadline_seconds": 0.15},
    ],
)
def test_slow_handshake_is_given_up_with_nothing_sent(serve, script, limits) -> None:
    request = OutboundRequest("GET", f"https://127.0.0.1:{serve(script).port}/")
    failure = assert_ends(Transport(allow_loopback=True), request, **limits)
    assert failure.maybe_sent is False


def test_nothing_is_sent_once_the_deadline_has_passed(serve) -> None:
    server = serve(HEAD)
    request = OutboundRequest("POST", f"http://127.0.0.1:{server.port}/")
    with pytest.raises(EgressFailedError, match="it took too long") as failure:
        Transport(allow_loopback=True).send(request, deadline_seconds=0)
    assert failure.value.maybe_sent is False
    assert server.connections == 0
