"""The customer's application: a page on an origin of its own, with the official browser client.

Its host is ``localhost``, as applications under development have it, whose pages the local runner
lets embed the Connect page.

The client is the npm package as it comes; the browser loads its modules. ``Application.begin``
calls one of its methods as a click does, because browsers open windows only for clicks.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page

from tests.e2e.browser import Visitor

CLIENT = Path(__file__).resolve().parents[1] / "node_modules" / "@nangohq/frontend/dist"
SETTLE_MILLISECONDS = 12_000
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Application</title>
<link rel="icon" href="data:,">
<script type="importmap">{"imports": {"@nangohq/frontend": "/client/index.js"}}</script>
<script type="module" src="/application.js"></script>
<main><h1>Application</h1><button>Connect</button></main></html>"""
SCRIPT = """
import Nango from '@nangohq/frontend';

const button = document.querySelector('button');

window.prepare = (options, method, args) => {
  button.onclick = () => {
    const called = (async () => {
      window.client = new Nango(options);
      return window.client[method](...args);
    })();
    window.settled = called.then(
      (value) => ({ value }),
      ({ constructor: { name }, type, message }) => ({ error: { name, type, message } }),
    );
  };
};

window.outcome = (milliseconds) => Promise.race([
  window.settled,
  new Promise((resolve) => setTimeout(() => resolve({ pending: true }), milliseconds)),
]);

// What the Connect UI told, and the UI itself: window.ui.close() and so on.
window.openConnectUI = (options) => {
  window.events = [];
  const onEvent = (event) => window.events.push(event);
  window.ui = new Nango().openConnectUI({ ...options, onEvent });
};
window.ready = true;
"""

Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Application:
    """The page, open in a visitor's browser. ``host`` is Carrick's address."""

    visitor: Visitor
    origin: str
    host: str

    @property
    def page(self) -> Page:
        return self.visitor.page

    def open(self) -> None:
        self.page.goto(self.origin)
        self.page.wait_for_function("window.ready === true")

    def begin(self, token: str, method: str, *args: Any, **options: Any) -> None:
        """Construct the client and call the method, by a click."""
        given = {"host": self.host, **options}
        if token:
            given["connectSessionToken"] = token
        self.page.evaluate("(given) => window.prepare(...given)", [given, method, list(args)])
        self.visitor.press("Connect")

    def begin_popup(self, token: str, method: str, *args: Any, **options: Any) -> Page:
        """The same for a call that opens a window: that window."""
        with self.page.expect_popup() as popup:
            self.begin(token, method, *args, **options)
        return popup.value

    def approve(self, popup: Page, name: str) -> None:
        """Log in and consent at the authorization server, in a window that the client opened."""
        page, self.visitor.page = self.visitor.page, popup
        self.visitor.log_in(name)
        self.visitor.consent()
        self.visitor.page = page

    def open_connect_ui(self, **options: Any) -> FrameLocator:
        """Open the Connect UI in the page: what its frame shows."""
        given = {"baseURL": f"{self.host}/connect", "apiURL": self.host, **options}
        self.page.evaluate("(options) => window.openConnectUI(options)", given)
        self.page.evaluate("window.ui.open()")
        return self.page.frame_locator("#connect-ui")

    def events(self, *types: str) -> list[dict[str, Any]]:
        """What the Connect UI has told, once it has told events of these types in this order."""
        wanted = "(types) => window.events.map(({ type }) => type).join() === types.join()"
        self.page.wait_for_function(wanted, arg=list(types))
        told: list[dict[str, Any]] = self.page.evaluate("window.events")
        return told

    def outcome(self, milliseconds: int = SETTLE_MILLISECONDS) -> Outcome:
        """How the call ended: ``value``, ``error`` or ``pending``."""
        found: Outcome = self.page.evaluate("(ms) => window.outcome(ms)", milliseconds)
        return found

    def call(self, token: str, method: str, *args: Any, **options: Any) -> Outcome:
        """A call that opens no window, and how it ended."""
        self.begin(token, method, *args, **options)
        return self.outcome()


@contextmanager
def served_application() -> Iterator[str]:
    """Serve the page on a free port of this machine: its origin."""
    if not CLIENT.is_dir():
        pytest.fail("The official client is not there: is tests/e2e installed (npm ci)?")
    files = {
        "/": ("text/html", PAGE.encode()),
        "/application.js": ("text/javascript", SCRIPT.encode()),
    }
    for file in CLIENT.glob("*.js"):
        files[f"/client/{file.name}"] = ("text/javascript", file.read_bytes())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content_type, content = files.get(self.path, ("", b""))
            self.send_response(200 if content_type else 404)
            if content_type:
                self.send_header("content-type", f"{content_type}; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
