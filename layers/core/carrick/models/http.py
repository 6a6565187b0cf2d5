"""An outbound request and its answer as plain values, between ``oauth`` and ``transport``."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What a client proves itself with in TLS (RFC 8705 §2): a chain and its key, both in PEM."""

    certificate: str = field(repr=False)
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One HTTP request. ``repr`` shows no query, headers or body: all may hold secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    client_certificate: ClientCertificate | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"OutboundRequest(method={self.method!r}, url={self.url.partition('?')[0]!r})"


@dataclass(frozen=True, slots=True)
class InboundResponse:
    """The answer. Header names are lower case; ``body`` is decoded of its content encoding."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
