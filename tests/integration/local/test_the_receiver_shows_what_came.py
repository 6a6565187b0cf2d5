"""The demo's webhook receiver verifies as an application does, and shows the result."""

import time
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from carrick.crypto.signatures import signature_headers
from local.demo.application import demo_handler
from local.demo.storage import DemoStorage
from local.http_messages import HttpRequest

OLD, NEW = "whsec_" + "b2xk" * 8, "whsec_" + "bmV3" * 8
BODY = b'{"type":"auth","provider":"demo"}'


@pytest.fixture
def storage(tmp_path: Path) -> DemoStorage:
    return DemoStorage(tmp_path / "demo.json", ())


def deliver(
    storage: DemoStorage, *, signed_with: list[str], age: int = 0, body: bytes = BODY
) -> str:
    """Send a delivery made by Carrick itself; the page that shows it."""
    handle = demo_handler(storage, url="http://localhost:8402", signing_keys=lambda: [NEW, OLD])
    sent = int(time.time()) - age
    headers = signature_headers(signed_with, event_id="msg_1", timestamp=sent, body=BODY)
    pairs = (("host", "localhost:8402"), *headers.items())
    assert handle(HttpRequest("POST", "/webhooks", pairs, body)).status == 204
    return handle(HttpRequest("GET", "/webhooks", pairs[:1], b"")).body.decode()


@pytest.mark.parametrize("keys", [[NEW], [NEW, OLD], [OLD]])
def test_a_delivery_signed_with_a_live_key(storage: DemoStorage, keys: list[str]) -> None:
    page = deliver(storage, signed_with=keys)
    assert "Standard Webhooks: verified" in page
    assert "X-Nango-Hmac-Sha256: verified" in page
    assert "msg_1" in page


def test_a_delivery_signed_with_another_key(storage: DemoStorage) -> None:
    page = deliver(storage, signed_with=["whsec_" + "c3R1" * 8])
    assert "Standard Webhooks: not verified" in page
    assert "X-Nango-Hmac-Sha256: not verified" in page


def test_a_body_that_was_changed(storage: DemoStorage) -> None:
    page = deliver(storage, signed_with=[NEW], body=BODY + b" ")
    assert ": verified" not in page


def test_a_delivery_of_long_ago(storage: DemoStorage) -> None:
    page = deliver(storage, signed_with=[NEW], age=600)
    assert "Standard Webhooks: not verified" in page


def test_what_it_verifies_a_library_verifies_too() -> None:
    headers = signature_headers([NEW], event_id="msg_1", timestamp=int(time.time()), body=BODY)
    assert Webhook(NEW).verify(BODY, headers)


def test_nothing_in_a_delivery_runs_on_the_page(storage: DemoStorage) -> None:
    page = deliver(storage, signed_with=[NEW], body=b'{"x":"</pre><script>alert(1)</script>"}')
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
