"""security.md #36, #84: one lookup per request, all of it checked, and there it goes."""

import socket
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from carrick.errors import EgressFailedError, EgressRefusedError
from carrick.models.http import OutboundRequest
from carrick.transport.client import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class ScriptedResolver:
    """Gives each lookup the next answer, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.lookups: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.lookups.append((host, port))
        return self._answers[len(self.lookups) - 1]


class SystemLookups:
    """What the process asked the system's resolver, told by Python's audit events."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, args: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo":
            self.hosts.append(str(args[0]))


def get(port: int, host: str = "rebind.localhost") -> OutboundRequest:
    return OutboundRequest("GET", f"http://{host}:{port}/x")


def test_a_name_that_changes_its_address_after_the_check_gains_nothing(serve) -> None:
    server, system = serve(OK), SystemLookups()
    resolver = ScriptedResolver(["127.0.0.1"], ["169.254.169.254"])
    transport = Transport(allow_loopback=True, resolver=resolver)
    assert transport.send(get(server.port)).body == b"ok"
    assert resolver.lookups == [("rebind.localhost", server.port)]
    assert "rebind.localhost" not in system.hosts
    assert len(server.requests) == 1


def test_a_name_that_changed_since_the_last_request_is_checked_again(serve) -> None:
    server = serve(OK)
    resolver = ScriptedResolver(["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"])
    transport = Transport(allow_loopback=True, resolver=resolver)
    transport.send(get(server.port))
    with pytest.raises(EgressRefusedError):
        transport.send(get(server.port))
    transport.send(get(server.port))
    assert (len(resolver.lookups), server.connections) == (3, 2)


@pytest.mark.parametrize(
    "addresses",
    [
        ["169.254.169.254"],
        ["93.184.216.34", "169.254.169.254"],
        ["93.184.216.34", "10.0.0.1"],
        ["::1", "2606:4700:4700::1111"],
        ["93.184.216.34", "127.0.0.1"],
    ],
)
def test_one_forbidden_address_among_public_ones_refuses_the_request(addresses) -> None:
    resolver = ScriptedResolver(addresses)
    with pytest.raises(EgressRefusedError) as refusal:
        Transport(resolver=resolver).send(OutboundRequest("GET", "https://a.example/x"))
    assert refusal.value.message == "The host a.example is not allowed."
    assert len(resolver.lookups) == 1


def test_loopback_is_not_reached_unless_allowed(serve) -> None:
    server = serve(OK)
    transport = Transport(resolver=ScriptedResolver())
    for host in ("127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"):
        for scheme in ("http", "https"):
            with pytest.raises(EgressRefusedError):
                transport.send(OutboundRequest("GET", f"{scheme}://{host}:{server.port}/"))
    assert server.connections == 0


def test_an_address_needs_no_resolver(serve) -> None:
    server, resolver = serve(OK), ScriptedResolver()
    transport = Transport(allow_loopback=True, resolver=resolver)
    assert transport.send(get(server.port, "127.1")).status == 200
    assert resolver.lookups == []
    assert b"Host: 127.0.0.1:%d\r\n" % server.port in server.requests[0]


def test_localhost_is_resolved_by_the_system(serve) -> None:
    server = serve(OK)
    assert Transport(allow_loopback=True).send(get(server.port, "localhost")).body == b"ok"


def test_the_next_checked_address_is_tried_when_one_does_not_accept(serve) -> None:
    server = serve(OK)
    resolver = ScriptedResolver(["::1", "127.0.0.1"])
    transport = Transport(allow_loopback=True, resolver=resolver)
    assert transport.send(get(server.port)).body == b"ok"


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), TimeoutError(), None])
def test_a_name_that_does_not_resolve_fails_with_nothing_sent(error) -> None:
    def resolver(host: str, port: int) -> Sequence[str]:
        if error:
            raise error
        return []

    with pytest.raises(EgressFailedError) as failure:
        Transport(resolver=resolver).send(OutboundRequest("GET", "https://a.example/x"))
    assert failure.value.message == "The host a.example does not resolve."
    assert failure.value.maybe_sent is False


def test_nothing_listening_fails_with_nothing_sent(serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(EgressFailedError) as failure:
        Transport(allow_loopback=True).send(get(port, "127.0.0.1"))
    assert failure.value.maybe_sent is False


def test_a_proxy_named_by_the_environment_is_not_used(serve, monkeypatch) -> None:
    server, proxy = serve(OK), serve(OK)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    Transport(allow_loopback=True).send(get(server.port, "127.0.0.1"))
    assert (len(server.requests), proxy.connections) == (1, 0)


def test_threads_share_a_transport_and_get_their_own_answers(serve) -> None:
    def echo_path(peer) -> None:
        path = peer.read_request().split(b" ")[1]
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(path), path))

    server, transport = serve(echo_path), Transport(allow_loopback=True)
    urls = [f"http://127.0.0.1:{server.port}/{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda url: transport.send(OutboundRequest("GET", url)), urls))
    assert [answer.body for answer in answers] == [b"/%d" % number for number in range(40)]
