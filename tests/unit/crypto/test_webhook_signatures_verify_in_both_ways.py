"""Signatures hold against an independent verifier and against Nango's rule (contract §10.3)."""

import hashlib
import hmac
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from carrick.crypto.signatures import signature_headers
from carrick.identifiers import new_webhook_signing_key

BODY = '{"environment":"dev","tags":{"name":"Zoë 🦊"}}'.encode()


def sign(*keys: str, age_seconds: int = 0, body: bytes = BODY) -> dict[str, str]:
    return signature_headers(
        keys, event_id="msg_1", timestamp=int(time.time()) - age_seconds, body=body
    )


def test_a_standard_webhooks_library_accepts_it() -> None:
    key = new_webhook_signing_key()

    received = Webhook(key).verify(BODY, sign(key))

    assert received == {"environment": "dev", "tags": {"name": "Zoë 🦊"}}


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp"])
def test_nobody_else_can_give_it_another_id_or_time(changed: str) -> None:
    key = new_webhook_signing_key()
    other = {"webhook-id": "msg_2", "webhook-timestamp": str(int(time.time()) - 1)}

    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(key).verify(BODY, sign(key) | {changed: other[changed]})


def test_another_body_or_key_does_not_verify() -> None:
    key = new_webhook_signing_key()

    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(key).verify(BODY + b" ", sign(key))
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(new_webhook_signing_key()).verify(BODY, sign(key))


def test_a_recorded_request_is_refused_after_five_minutes() -> None:
    key = new_webhook_signing_key()

    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(key).verify(BODY, sign(key, age_seconds=301))


def test_while_a_key_is_exchanged_receivers_with_either_key_accept() -> None:
    new, old = new_webhook_signing_key(), new_webhook_signing_key()

    headers = sign(new, old)

    assert Webhook(new).verify(BODY, headers) == Webhook(old).verify(BODY, headers)
    first, second = headers["webhook-signature"].split(" ")
    assert [first] == sign(new)["webhook-signature"].split(" ")
    assert [second] == sign(old)["webhook-signature"].split(" ")


def test_nango_headers_are_made_with_the_text_of_the_newest_key() -> None:
    new, old = new_webhook_signing_key(), new_webhook_signing_key()

    headers = sign(new, old)

    expected = hmac.new(new.encode(), BODY, hashlib.sha256).hexdigest()
    assert headers["X-Nango-Hmac-Sha256"] == expected
    assert headers["X-Nango-Signature"] == hashlib.sha256(new.encode() + BODY).hexdigest()


def test_the_signature_is_that_of_the_published_example() -> None:
    # The example of the Standard Webhooks reference libraries.
    headers = signature_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        event_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
