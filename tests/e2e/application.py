"""An application that uses the browser client: its pages, and the backend that they talk to.

The pages are the examples of ``clients/js``, built. The backend does what the README of the client
says: it makes a session for who is logged in, and keeps what confirms it away from the browser.

Beside it stands ``isolated``: the demo provider behind a page that cuts its window off from the one
that opened it, as login pages of many providers do.
"""

import json
import mimetypes
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from carrick.oauth.pkce import code_challenge
from tests.e2e.carrick_process import ROOT, CarrickProcess

EXAMPLES = ROOT / "clients/js/examples/dist"
ISOLATED = "isolated"
GATE = """<!doctype html>
<title>Login</title>
<script>location.replace("{demo_url}/authorize" + location.search)</script>
"""


@dataclass
class Application:
    """One user is logged in. ``session_id`` and ``verifier`` are in that login's storage."""

    carrick: CarrickProcess
    origin: str = ""
    integration: str = "demo"
    session_id: str = ""
    verifier: str = ""
    tokens: list[str] = field(default_factory=list)

    def connect_session(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """What a page needs to connect an account."""
        body: dict[str, Any] = {"end_user": {"id": "ada"}, "allowed_origins": [self.origin]}
        if "return_url" in query:
            body["return_url"] = self.origin + query["return_url"][0]
        if "confirm" in query:
            self.verifier = secrets.token_urlsafe(32)
            body |= {"confirm_required": True, "confirm_challenge": code_challenge(self.verifier)}
        data = self.carrick.must("POST", "/connect/sessions", body)["data"]
        self.session_id = data.get("session_id", "")
        self.tokens.append(data["token"])
        return {
            "host": self.carrick.base_url,
            "token": data["token"],
            "integration": self.integration,
        }

    def confirm(self, code: str) -> int:
        """The word that makes the connection: the status of the answer to it."""
        given = {"session_id": self.session_id, "confirm_code": code}
        given["confirm_verifier"] = self.verifier
        return self.carrick.api("POST", "/connect/sessions/confirm", given).status

    def add_isolated(self) -> None:
        """Make the integration of the provider behind the gate, with the demo provider's client."""
        state = json.loads((self.carrick.state / "demo.json").read_text("utf-8"))
        client = {"type": "OAUTH2", "client_id": "demo-client"}
        body = {
            "provider": ISOLATED,
            "unique_key": ISOLATED,
            "callback_url": self.carrick.callback_url,
            "credentials": {**client, "client_secret": state["client_secret"]},
        }
        self.carrick.must("POST", "/integrations", body)

    def connections(self) -> list[str]:
        """The ids of the connections that it has."""
        rows = self.carrick.must("GET", "/connections")["connections"]
        return [str(row["connection_id"]) for row in rows]


@contextmanager
def running_application(carrick: CarrickProcess) -> Iterator[Application]:
    """Start both, the application on a free port: another origin than Carrick's."""
    application = Application(carrick)
    demo_url = f"http://localhost:{carrick.port + 2}"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/gate":
                return self._answer(200, GATE.format(demo_url=demo_url).encode(), "text/html")
            file = EXAMPLES / (path.lstrip("/") + ("index.html" if path.endswith("/") else ""))
            if not file.is_file():
                return self._answer(404, b"", "text/plain")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return self._answer(200, file.read_bytes(), kind)

        def do_POST(self) -> None:
            url = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            if url.path == "/confirm":
                return self._answer(application.confirm(sent), b"", "text/plain")
            made = application.connect_session(parse_qs(url.query))
            return self._answer(200, json.dumps(made).encode(), "application/json")

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            if self.path.startswith("/gate"):
                self.send_header("cross-origin-opener-policy", "same-origin")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        application.origin = f"http://localhost:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        entry = (ROOT / "local/demo/providers/demo.toml").read_text("utf-8")
        entry = entry.replace("http://localhost:8402", demo_url)
        entry = entry.replace(f"{demo_url}/authorize", f"{application.origin}/gate")
        (carrick.providers / f"{ISOLATED}.toml").write_text(entry, "utf-8")
        try:
            carrick.start()
            application.add_isolated()
            yield application
        finally:
            carrick.stop()
            server.shutdown()
