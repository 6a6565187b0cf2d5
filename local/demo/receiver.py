"""A webhook receiver as an application has one: verifies both signatures, and shows what came."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flask import Flask, Response, request
from werkzeug.datastructures import Headers

from local.demo.pages import HEADERS, deliveries_page
from local.demo.storage import Delivery, DemoStorage

TOLERANCE_SECONDS = 300


def add_receiver(
    app: Flask, storage: DemoStorage, signing_keys: Callable[[], Sequence[str]]
) -> None:
    """Add ``/webhooks`` to an application. ``signing_keys`` gives those that are live now."""

    @app.post("/webhooks")
    def receive() -> Response:
        body, keys = request.get_data(), signing_keys()
        storage.add_delivery(
            Delivery(
                received_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
                event_id=request.headers.get("webhook-id", "")[:100],
                body=body.decode("utf-8", "replace"),
                standard_signature=any(is_standard(key, request.headers, body) for key in keys),
                nango_signature=any(is_nango(key, request.headers, body) for key in keys),
            )
        )
        return Response(status=204)

    @app.get("/webhooks")
    def show() -> Response:
        return Response(deliveries_page(storage.deliveries()), 200, HEADERS)


def is_standard(key: str, headers: Headers, body: bytes) -> bool:
    """Whether a delivery is signed by Standard Webhooks with this key, a moment ago."""
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    secret = base64.b64decode(key.removeprefix("whsec_"))
    digest = hmac.digest(secret, f"{event_id}.{timestamp}.".encode() + body, "sha256")
    expected = "v1," + base64.b64encode(digest).decode("ascii")
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


def is_nango(key: str, headers: Headers, body: bytes) -> bool:
    """Whether a delivery is signed the way that existing receivers of Nango's webhooks check."""
    expected = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), headers.get("x-nango-hmac-sha256", "").encode())
