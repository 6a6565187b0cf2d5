"""HTTP/1.1 messages: requests read from a connection, answers written to one (RFC 9112)."""

import socket
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase
from urllib.parse import urlsplit

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 10 * 1024 * 1024
JSON = ("content-type", "application/json")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came: ``target`` is path and query, undecoded; names keep their case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    client: str = "127.0.0.1"
    version: str = "HTTP/1.1"

    def header(self, name: str) -> str:
        """The first value of a header, by its name in lower case; empty if absent."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)


class BadRequestError(Exception):
    """A request that cannot be read; holds the status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read_request(
    connection: socket.socket, stream: BufferedIOBase, client: str
) -> HttpRequest | None:
    """The next request of a connection, ``None`` at its end. Raises ``BadRequestError``."""
    start = stream.readline(MAX_HEAD_BYTES + 1)
    if not start:
        return None
    parts = start.decode("latin-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequestError(400)
    headers = tuple(_read_headers(stream))
    lower = {name.lower(): value for name, value in headers}
    if lower.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if "chunked" in lower.get("transfer-encoding", "").lower():
        body = _read_chunks(stream)
    else:
        body = _read_exactly(stream, lower.get("content-length", "0"), base=10)
    return HttpRequest(parts[0], _origin_form(parts[1]), headers, body, client, parts[2])


def _read_headers(stream: BufferedIOBase) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    size = 0
    while True:
        line = stream.readline(MAX_HEAD_BYTES + 1)
        size += len(line)
        if size > MAX_HEAD_BYTES:
            raise BadRequestError(431)
        if line in {b"\r\n", b"\n"}:
            return headers
        name, separator, value = line.decode("latin-1").partition(":")
        if not separator or not name or name != name.strip():
            raise BadRequestError(400)
        headers.append((name, value.strip()))


def _read_exactly(stream: BufferedIOBase, length: str, *, base: int) -> bytes:
    try:
        size = int(length, base)
    except ValueError:
        raise BadRequestError(400) from None
    if not 0 <= size <= MAX_BODY_BYTES:
        raise BadRequestError(413)
    data = stream.read(size) if size else b""
    if len(data) < size:
        raise BadRequestError(400)
    return data


def _read_chunks(stream: BufferedIOBase) -> bytes:
    body = bytearray()
    while True:
        size_line = stream.readline(1024).decode("latin-1").partition(";")[0].strip()
        chunk = _read_exactly(stream, size_line, base=16)
        if not chunk:
            _read_headers(stream)  # trailers
            return bytes(body)
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BadRequestError(413)
        stream.readline(16)


def _origin_form(target: str) -> str:
    """Path and query, also of a target in absolute form (RFC 9112 §3.2.2)."""
    if target.startswith("/"):
        return target
    parts = urlsplit(target)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def encode(response: HttpResponse, *, keep: bool, with_body: bool) -> bytes:
    """An answer as bytes. One whose headers would break out of their line becomes a 500."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [
        f"{name}: {value}"
        for name, value in response.headers
        if name.lower() not in {"content-length", "connection", "transfer-encoding"}
    ]
    if response.status not in {204, 304}:
        lines.append(f"content-length: {len(response.body)}")
    lines.append(f"connection: {'keep-alive' if keep else 'close'}")
    if any("\r" in line or "\n" in line for line in lines):
        return encode(HttpResponse(500), keep=False, with_body=True)
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    return head + (response.body if with_body else b"")
