"""A scriptable API on loopback: what it answers by method and path, and what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the API saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(slots=True)
class ScriptedApi:
    """``answers`` by ``"METHOD /path"``; any other answers 404. No slash ends ``url``.

    A text is answered as it is, anything else as JSON; ``headers`` come with every answer.
    """

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)

    def of(self, path: str) -> list[Asked]:
        """The requests to a path so far."""
        return [request for request in self.asked if request.path.partition("?")[0] == path]


@contextmanager
def running_scripted_api() -> Iterator[ScriptedApi]:
    """An API on a free port, ended with the block."""
    state = ScriptedApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.asked.append(Asked(self.command, self.path, headers, body))
            key = f"{self.command} {self.path.partition('?')[0]}"
            status, members = state.answers.get(key, (404, {"error": "not_found"}))
            is_text = isinstance(members, str)
            content = members.encode() if is_text else json.dumps(members).encode()
            self.send_response(status)
            self.send_header("content-type", "text/plain" if is_text else "application/json")
            for name, value in state.headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 - names of http.server

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
