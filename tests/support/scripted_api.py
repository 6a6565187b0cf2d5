"""A scriptable API on loopback: what it answers by method and path, and what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]
"""Status, body (bytes as they are, all else as JSON) and further headers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the API saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    content: bytes = b""


@dataclass(slots=True)
class ScriptedApi:
    """``answers`` by ``"METHOD /path"``; any other answers 404. No slash ends ``url``.

    Text and bytes are answered as they are, anything else as JSON; ``headers`` come with every
    answer. Of a list of answers each is given once, and the last one from then on.
    ``before_answer`` runs while whoever asked is waiting.
    """

    url: str = ""
    answers: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None

    def of(self, path: str) -> list[Asked]:
        """The requests to a path so far."""
        return [request for request in self.asked if request.path.partition("?")[0] == path]

    def answer_to(self, key: str) -> Answer:
        """What it says now."""
        found = self.answers.get(key, (404, {"error": "not_found"}))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def running_scripted_api() -> Iterator[ScriptedApi]:
    """An API on a free port, ended with the block."""
    state = ScriptedApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            text = content.decode("utf-8", "replace")
            state.asked.append(Asked(self.command, self.path, headers, text, content))
            key = f"{self.command} {self.path.partition('?')[0]}"
            state.before_answer()
            status, members, *more = state.answer_to(key)
            is_text = isinstance(members, str)
            plain = members.encode() if isinstance(members, str) else members
            body = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
            kind = "text/plain" if is_text else "application/json"
            self.send_response(status)
            for name, value in {"content-type": kind, **(more[0] if more else {})}.items():
                self.send_header(name, value)
            for name, value in state.headers:
                self.send_header(name, value)
            if status not in {204, 304}:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            if status not in {204, 304} and self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_HEAD = do_OPTIONS = answer  # noqa: N815 - names of http.server
        do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
