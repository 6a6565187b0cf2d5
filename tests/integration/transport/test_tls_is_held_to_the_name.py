"""security.md #36: connecting to an address, SNI, Host and certificate stay those of the name."""

import ssl

import pytest

from carrick.errors import EgressFailedError
from carrick.models.http import OutboundRequest
from carrick.transport.client import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def transport(context: ssl.SSLContext | None) -> Transport:
    return Transport(
        allow_loopback=True, resolver=lambda _host, _port: ["127.0.0.1"], ssl_context=context
    )


def test_sni_host_and_certificate_are_those_of_the_name(serve, authority) -> None:
    server = serve(OK, authority.serving("api.localhost"))
    request = OutboundRequest("GET", f"https://API.localhost.:{server.port}/x")
    assert transport(authority.trusting()).send(request).body == b"ok"
    assert server.names == ["api.localhost"]
    assert b"\r\nHost: api.localhost:%d\r\n" % server.port in server.requests[0]


def test_wildcard_and_address_certificates_are_known(serve, authority) -> None:
    server = serve(OK, authority.serving("*.tenants.localhost", "127.0.0.1"))
    for host in ("acme.tenants.localhost", "127.0.0.1"):
        request = OutboundRequest("GET", f"https://{host}:{server.port}/")
        assert transport(authority.trusting()).send(request).body == b"ok"


@pytest.mark.parametrize(
    ("names", "days", "reason"),
    [
        (["other.localhost"], 1, "Hostname mismatch"),
        (["localhost"], 1, "Hostname mismatch"),
        (["*.other.localhost"], 1, "Hostname mismatch"),
        (["127.0.0.1"], 1, "Hostname mismatch"),  # the address connected to is not the name
        (["api.localhost"], -1, "certificate has expired"),
    ],
)
def test_certificate_for_another_name_or_time_is_refused(
    serve, authority, names, days, reason
) -> None:
    server = serve(OK, authority.serving(*names, days=days))
    request = OutboundRequest("POST", f"https://api.localhost:{server.port}/", body=b"k=v")
    with pytest.raises(EgressFailedError, match=reason) as failure:
        transport(authority.trusting()).send(request)
    assert failure.value.maybe_sent is False
    assert server.requests == []


def test_unknown_authority_is_refused_by_default(serve, authority) -> None:
    server = serve(OK, authority.serving("api.localhost"))
    request = OutboundRequest("POST", f"https://api.localhost:{server.port}/", body=b"k=v")
    with pytest.raises(EgressFailedError, match="certificate was refused") as failure:
        transport(None).send(request)
    assert failure.value.maybe_sent is False
    assert server.requests == []


def test_peer_without_tls_is_refused(serve) -> None:
    server = serve(lambda peer: peer.send(OK))
    request = OutboundRequest("POST", f"https://api.localhost:{server.port}/", body=b"k=v")
    with pytest.raises(EgressFailedError) as failure:
        transport(None).send(request)
    assert failure.value.maybe_sent is False
