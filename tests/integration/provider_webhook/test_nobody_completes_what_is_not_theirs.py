import hashlib
import hmac

import pytest

from tests.integration.provider_webhook.conftest import SECRET, Marketplace, installed
from tests.support.connections import Connections
from tests.support.tenant import Tenant

OTHER = "canary-secret-of-another"
HUGE = b'{"x":"' + b"y" * 262_144 + b'"}'


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "forged",
    ["", "0" * 64, signature(installed(actor=2)), signature(installed(), OTHER), "é", "sha256="],
    ids=["none", "zeros", "another body's", "another secret's", "no hex", "nothing"],
)
def test_a_forged_signature_does_nothing(
    forged: str, marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()

    answer = marketplace.deliver(installed(), signature=forged)

    assert (answer.status, answer.json()["error"]["code"]) == (401, "invalid_signature")
    assert marketplace.read(connection_id).status == 424
    assert marketplace.api.asked == []
    assert stored.told() == []


def test_another_integrations_secret_opens_nothing(marketplace: Marketplace) -> None:
    marketplace.integrate()
    marketplace.integrate("other", secret=OTHER)
    connection_id = marketplace.begin()

    assert marketplace.deliver(installed(), secret=OTHER).status == 401
    assert marketplace.deliver(installed(), secret=OTHER, integration="other").status == 204

    assert marketplace.read(connection_id).status == 424
    assert marketplace.api.asked == []


def test_another_tenants_webhook_reaches_only_its_own(marketplace: Marketplace) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    stranger = Marketplace(Tenant(marketplace.tenant.stack, "stranger"), marketplace.api)
    stranger.integrate(secret=OTHER)

    assert stranger.deliver(installed(), secret=OTHER).status == 204

    assert marketplace.read(connection_id).status == 424
    assert marketplace.api.asked == []


def test_without_a_secret_every_webhook_is_refused(marketplace: Marketplace) -> None:
    marketplace.integrate(secret="")
    marketplace.begin()

    assert marketplace.deliver(installed(), secret="").status == 401
    assert marketplace.api.asked == []


def test_a_body_that_is_too_large_is_refused(marketplace: Marketplace) -> None:
    marketplace.integrate()

    assert marketplace.deliver(HUGE).status == 413


def test_somebody_elses_installation_completes_nothing(marketplace: Marketplace) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin(actor="1")

    assert marketplace.deliver(installed(actor=2)).status == 204

    assert marketplace.read(connection_id).status == 424
    assert marketplace.api.asked == []


def test_a_browser_cannot_say_whose_installation_it_waits_for(marketplace: Marketplace) -> None:
    marketplace.integrate()
    alone = marketplace.submit(marketplace.session(actor=""), query="&params[actor]=2")
    assert (alone.status, alone.json()["error"]["code"]) == (400, "invalid_connection_config")
    beside = marketplace.submit(
        marketplace.session(actor="1"),
        query="&params[actor]=2&params[installation.uuid]=00000000-0000-4000-8000-000000000000"
        "&params[pending]=no",
    )
    assert beside.status == 200

    marketplace.deliver(installed(actor=2))

    assert marketplace.api.asked == []
    shown = marketplace.read(beside.json()["connectionId"]).json()["error"]["payload"]
    config = shown["connection"]["connection_config"]
    assert config == {"actor": "1", "hostname": "sentry.io", "pending": True}


def test_an_installation_id_that_is_none_reaches_no_url(
    marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    marketplace.begin()

    marketplace.deliver(installed(uuid="../../tokens"))

    assert marketplace.api.asked == []
    (event,) = stored.events()
    assert (event["success"], event["error_type"]) == (False, "invalid_webhook")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"action":"created"}', b"[" * 100_000, b'{"data":{"installation":7}}'],
    ids=["empty", "list", "no JSON", "no code", "deep", "odd"],
)
def test_what_tells_of_nothing_does_nothing(body: bytes, marketplace: Marketplace) -> None:
    marketplace.integrate()
    marketplace.begin()

    assert marketplace.deliver(body).status == 204
    assert marketplace.api.asked == []


def test_nobody_is_waited_for_longer_than_a_day(
    marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    waiting = stored.stored(connection_id, "sentry")
    pk = f"{waiting.key.environment_id}#sentry#{connection_id}"
    stale = waiting.created_at - 86_400
    marketplace.tenant.stack.update("ConnectionsTable", {"pk": pk}, created_at=stale)

    assert marketplace.deliver(installed()).status == 204
    assert marketplace.api.asked == []


def test_what_was_deleted_is_not_brought_back(
    marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    assert stored.delete(connection_id, "sentry").status == 200

    assert marketplace.deliver(installed()).status == 204

    assert marketplace.tenant.call("GET", "/connections").json()["connections"] == []
    assert marketplace.tenant.stack.items("RevocationsTable") == []
    assert marketplace.tenant.stack.items("ConnectionTagsTable") == []


def test_a_session_that_wants_a_confirmation_cannot_have_one(marketplace: Marketplace) -> None:
    marketplace.integrate()
    token = marketplace.session(confirm_required=True, return_url="https://app.example.com/back")

    answer = marketplace.submit(token)

    assert (answer.status, answer.json()["error"]["code"]) == (400, "invalid_auth_mode")


def test_a_connection_that_works_is_not_put_back_to_waiting(marketplace: Marketplace) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    marketplace.deliver(installed())
    token = marketplace.tenant.reconnect_session(
        connection_id,
        integration_id="sentry",
        integrations_config_defaults={"sentry": {"connection_config": {"actor": "1"}}},
    )

    answer = marketplace.submit(token)

    assert (answer.status, answer.json()["error"]["code"]) == (400, "invalid_auth_mode")
    assert marketplace.read(connection_id).status == 200


def test_a_session_waits_for_its_own_tenants_integrations_only(marketplace: Marketplace) -> None:
    marketplace.integrate()
    stranger = Tenant(marketplace.tenant.stack, "stranger")
    token = stranger.session()

    answer = marketplace.submit(token)

    assert (answer.status, answer.json()["error"]["code"]) == (404, "unknown_provider_config")
    assert marketplace.tenant.call("GET", "/connections").json()["connections"] == []
