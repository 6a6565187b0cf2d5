"""A receiver of webhooks on loopback that answers as it is told and keeps what it got."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer. ``before`` is called first; ``hang_up`` closes without an answer instead."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    before: Callable[[], object] = bool
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it arrived. Header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class WebhookEndpoint:
    """``answers`` are given one after the other, the last one for ever."""

    def __init__(self, url: str, answers: list[Answer]) -> None:
        self.url = url
        self.deliveries: list[Delivery] = []
        self._answers = answers
        self._lock = threading.Lock()

    def take(self, delivery: Delivery) -> Answer:
        """Keep a delivery and say what to answer."""
        with self._lock:
            self.deliveries.append(delivery)
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@contextmanager
def webhook_endpoint(*answers: Answer) -> Iterator[WebhookEndpoint]:
    """Listen on a free port of this machine. Without answers, says 200 to everything."""

    class Handler(_Handler):
        """Of this endpoint alone."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    Handler.endpoint = WebhookEndpoint(url, list(answers) or [Answer()])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield Handler.endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    endpoint: ClassVar[WebhookEndpoint]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.endpoint.take(Delivery(self.path, headers, body))
        answer.before()
        if answer.hang_up:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the test's output."""
