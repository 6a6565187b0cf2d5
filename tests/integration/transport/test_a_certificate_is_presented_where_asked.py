"""Mutual TLS (RFC 8705 §2): a request's own certificate is presented, for that request only."""

import ssl
from pathlib import Path

import pytest

from carrick.errors import EgressFailedError, EgressRefusedError
from carrick.models.http import ClientCertificate, OutboundRequest
from carrick.transport.client import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def transport(context: ssl.SSLContext) -> Transport:
    return Transport(
        allow_loopback=True, resolver=lambda _host, _port: ["127.0.0.1"], ssl_context=context
    )


def request(port: int, certificate: ClientCertificate | None) -> OutboundRequest:
    url = f"https://api.localhost:{port}/token"
    return OutboundRequest("POST", url, body=b"k=v", client_certificate=certificate)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_a_server_that_demands_one_sees_it(serve, authority, temporary) -> None:
    server = serve(OK, authority.demanding("api.localhost"))
    own = ClientCertificate(*authority.issued("ada"))
    assert transport(authority.trusting()).send(request(server.port, own)).body == b"ok"
    assert len(server.requests) == 1
    assert list(temporary.iterdir()) == []


def test_the_next_request_does_not_present_it(serve, authority, temporary) -> None:
    server = serve(OK, authority.demanding("api.localhost"))
    one = transport(authority.trusting())
    one.send(request(server.port, ClientCertificate(*authority.issued("ada"))))
    with pytest.raises(EgressFailedError):
        one.send(request(server.port, None))
    assert len(server.requests) == 1


def test_the_servers_certificate_is_checked_all_the_same(serve, authority, temporary) -> None:
    server = serve(OK, authority.demanding("other.localhost"))
    own = ClientCertificate(*authority.issued("ada"))
    with pytest.raises(EgressFailedError, match="certificate was refused"):
        transport(authority.trusting()).send(request(server.port, own))
    assert server.requests == []


@pytest.mark.parametrize("broken", ["certificate", "key", "another key", "not ASCII"])
def test_what_is_no_pair_is_refused_before_anything_is_sent(
    serve, authority, temporary, broken
) -> None:
    server = serve(OK, authority.demanding("api.localhost"))
    certificate, key = authority.issued("ada")
    pairs = {
        "certificate": ("canary-secret", key),
        "key": (certificate, "canary-secret"),
        "another key": (certificate, authority.issued("bob")[1]),
        "not ASCII": (certificate, "canary-secret-ü"),
    }
    with pytest.raises(EgressRefusedError) as refused:
        transport(authority.trusting()).send(
            request(server.port, ClientCertificate(*pairs[broken]))
        )
    assert "canary" not in str(refused.value)
    assert server.connections == 0
    assert list(temporary.iterdir()) == []


def test_it_is_in_no_repr() -> None:
    shown = request(1, ClientCertificate("canary", "canary-secret"))
    assert "canary" not in repr(shown) + repr(shown.client_certificate)
