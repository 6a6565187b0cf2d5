"""What proves to a receiver that a webhook is ours: Standard Webhooks, and beside it Nango's way.

Standard Webhooks v1 (standardwebhooks.com, "Signature scheme"): HMAC-SHA256 over
``id.timestamp.body`` with the bytes that the key's base64 stands for; several signatures may stand
side by side, which is how a key is exchanged without a gap.

Nango (contract §10.3): over the body alone, with the text of the key. Its headers hold one value
each, so the newest key signs; and they hold no time, so they do not stop a replay.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from carrick.identifiers import WEBHOOK_KEY_PREFIX


def signature_headers(
    keys: Sequence[str], *, event_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """The headers that sign one attempt. ``keys`` are ``whsec_`` texts, the newest first.

    ``timestamp`` is the time of this attempt in epoch seconds: receivers refuse old ones, so one
    may not be used again. ``event_id`` stays the same: receivers drop what they have seen.
    """
    newest = keys[0].encode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            standard_signature(key, event_id=event_id, timestamp=timestamp, body=body)
            for key in keys
        ),
        # The first is open to length extension; it is sent because older receivers look for it.
        "X-Nango-Signature": hashlib.sha256(newest + body).hexdigest(),
        "X-Nango-Hmac-Sha256": hmac.new(newest, body, hashlib.sha256).hexdigest(),
    }


def standard_signature(key: str, *, event_id: str, timestamp: int, body: bytes) -> str:
    """One signature, ``v1,<base64>``, by a key of the form ``whsec_<base64>``."""
    secret = base64.b64decode(key.removeprefix(WEBHOOK_KEY_PREFIX), validate=True)
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode("ascii")
