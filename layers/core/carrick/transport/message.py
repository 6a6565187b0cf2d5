"""HTTP/1.1 messages as bytes (RFC 9112): write a request, read an answer.

Nothing here touches the network. The answer is parsed by the standard library's ``http.client``.
urllib3 is left aside although botocore brings it: it logs the request's URL, query included, when
an answer's header section is malformed, and what it would add (pools, redirects, retries) is
unwanted here.
"""

import io
import re
import zlib
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import Any

from carrick.errors import EgressRefusedError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.transport.guard import Target

MAX_HEADER_BYTES = 65_536
"""Cap on an answer's status line and header section together."""

METHODS = frozenset(
    {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND", "REPORT"}
)
METHODS_WITH_CONTENT = frozenset({"POST", "PUT", "PATCH"})

RESERVED_HEADERS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""What a caller may not set: it says where the message goes, where it ends, how it is coded."""

_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_LINE_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_GZIP = ("gzip", "x-gzip")  # RFC 9110 §8.4.1.3
_READ_BYTES = 65_536


class OversizeError(Exception):
    """The answer is over one of its caps."""


class TruncatedError(Exception):
    """The answer ended early."""


UNREADABLE_ANSWER = (HTTPException, OversizeError, TruncatedError, zlib.error, ValueError)
"""What ``read_response`` raises besides ``OSError``. Their texts may quote the answer."""


def request_bytes(request: OutboundRequest, target: Target, *, user_agent: str) -> bytes:
    """Write a request so that it can be read in one way only.

    The method must be one of ``METHODS``; header names must be tokens (RFC 9110 §5.1), each once
    and none of ``RESERVED_HEADERS``; values hold neither line breaks nor other control characters.
    Raises ``EgressRefusedError``, without quoting what was wrong.
    """
    if request.method not in METHODS:
        raise EgressRefusedError(f"The method of the request to {target.host} is not allowed.")
    names = [name.lower() for name in request.headers]
    if len(set(names)) != len(names) or not RESERVED_HEADERS.isdisjoint(names):
        raise EgressRefusedError(f"A header of the request to {target.host} is not allowed.")
    headers = {"Host": target.authority}
    if "user-agent" not in names:
        headers["User-Agent"] = user_agent
    headers |= {**request.headers, "Accept-Encoding": "gzip", "Connection": "close"}
    if request.body or request.method in METHODS_WITH_CONTENT:
        headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {target.path_and_query} HTTP/1.1"]
    for name, value in headers.items():
        if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            raise EgressRefusedError(f"A header of the request to {target.host} cannot be sent.")
        lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + request.body


def read_response(
    receive_into: Callable[[memoryview], int], *, method: str, max_body_bytes: int
) -> InboundResponse:
    """Read one answer, whatever its status; a redirect is an answer like any other.

    ``receive_into`` fills a buffer and returns the number of bytes, 0 at the end. Repeated fields
    are joined by ``", "``; ``transfer-encoding`` is left out. A gzip body is decoded, and
    ``content-encoding`` and ``content-length`` then left out too. Other content codings, for
    which we do not ask, are passed on as they are.

    Raises one of ``UNREADABLE_ANSWER``, and whatever ``receive_into`` raises.
    """
    source = _Source(receive_into)
    # It wants nothing of a socket but makefile().
    with closing(HTTPResponse(source, method=method)) as response:  # type: ignore[arg-type]
        response.begin()
        source.header_bytes_left = None
        if response.status < 200:
            # 100 was skipped by begin(). We ask for no upgrade, so any other is out of place.
            raise HTTPException
        headers = _fields(response.headers)
        if headers.pop("transfer-encoding", "chunked").lower() != "chunked":
            raise HTTPException
        is_gzip = method != "HEAD" and headers.get("content-encoding", "").lower() in _GZIP
        body = _read_body(response, _Gunzip() if is_gzip else None, max_body_bytes)
    if is_gzip:
        headers.pop("content-encoding")
        headers.pop("content-length", None)
    return InboundResponse(response.status, headers, body)


def _read_body(response: HTTPResponse, gunzip: "_Gunzip | None", max_body_bytes: int) -> bytes:
    body = bytearray()
    received = 0
    while data := response.read1(_READ_BYTES):
        received += len(data)
        body += gunzip.feed(data, max_body_bytes + 1 - len(body)) if gunzip else data
        if max(received, len(body)) > max_body_bytes:
            raise OversizeError
    # read1() takes the end of the stream for the end of the body, whatever Content-Length said.
    if response.length or (gunzip and not gunzip.is_complete):
        raise TruncatedError
    return bytes(body)


def _fields(message: HTTPMessage) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, raw in message.items():
        value = _LINE_FOLD.sub(" ", raw)
        earlier = fields.get(name.lower())
        fields[name.lower()] = value if earlier is None else f"{earlier}, {value}"
    return fields


class _Source(io.RawIOBase):
    """What ``HTTPResponse`` takes for a socket. Ends a header section that is over its cap."""

    def __init__(self, receive_into: Callable[[memoryview], int]) -> None:
        self._receive_into = receive_into
        self.header_bytes_left: int | None = MAX_HEADER_BYTES

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if self.header_bytes_left is None:
            return self._receive_into(view)
        if self.header_bytes_left == 0:
            raise OversizeError
        count = self._receive_into(view[: self.header_bytes_left])
        self.header_bytes_left -= count
        return count


class _Gunzip:
    """Decodes gzip (RFC 1952) piece by piece, never further than asked."""

    def __init__(self) -> None:
        self._inflate = self._new_member()
        self.is_complete = True

    @staticmethod
    def _new_member() -> Any:
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def feed(self, data: bytes, limit: int) -> bytes:
        """Decode up to ``limit`` bytes; once that many came, what is left of ``data`` is lost."""
        decoded = b""
        while data and len(decoded) < limit:
            if self._inflate.eof:
                self._inflate = self._new_member()
            decoded += self._inflate.decompress(data, limit - len(decoded))
            data = self._inflate.unused_data
        self.is_complete = bool(self._inflate.eof)
        return decoded
