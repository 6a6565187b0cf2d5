"""A customer's application: a page that embeds the Connect page and notes what it is told.

It speaks the protocol of the official client's ``openConnectUI`` (contract §3.1, §3.3), and nothing
more, so that each message can be looked at.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

PAGE = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>An application</title>
<h1>An application</h1>
<style>iframe { position: fixed; inset: 0; width: 100%; height: 100%; border: 0 }</style>
<iframe id="connect-ui" title="Connect"></iframe>
<script>
const query = new URLSearchParams(location.search);
const frame = document.getElementById("connect-ui");
const connect = new URL(query.get("connect"));
const heard = [];
let other;
addEventListener("message", (event) => {
  if (event.origin !== connect.origin) return;
  heard.push(event.data);
  if (event.data.type === "ready" && query.get("token")) {
    frame.contentWindow.postMessage(
      { type: "session_token", sessionToken: query.get("token") }, connect.origin);
  }
  if (event.data.type === "close") frame.remove();
});
frame.src = connect;
</script>
"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def running_application() -> Iterator[int]:
    """The application's port: at ``localhost`` it is one that may embed the page, by number not."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


class Embedded:
    """The Connect page as it shows within the application's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frame: FrameLocator = page.frame_locator("#connect-ui")

    def sees(self, heading: str) -> None:
        expect(self.frame.get_by_role("heading", level=1)).to_have_text(heading)

    def press(self, button: str) -> None:
        self.frame.get_by_role("button", name=button, exact=True).click()

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """What the application was told of this kind, in order."""
        messages: list[dict[str, Any]] = self.page.evaluate("heard")
        return [message for message in messages if message["type"] == kind]
