import json

from tests.integration.provider_webhook.conftest import (
    UUID,
    Marketplace,
    exchange_path,
    installed,
)
from tests.support.connections import Connections

REFUSED = (400, {"error": "invalid_grant"})


def test_there_is_a_connection_without_credentials_first(
    marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()

    for query in ("", "&force_refresh=true"):
        answer = marketplace.read(connection_id, query)
        assert answer.status == 424, answer.text
        assert answer.json()["error"]["type"] == "connection_pending"
        shown = answer.json()["error"]["payload"]["connection"]
        assert shown["connection_config"]["pending"] is True
    rows = marketplace.tenant.call("GET", "/connections").json()["connections"]
    assert [row["connection_id"] for row in rows] == [connection_id]
    assert marketplace.api.asked == []
    assert stored.due(within_seconds=10 * 86_400) == set()
    assert stored.told() == []


def test_the_webhook_brings_the_credentials(marketplace: Marketplace, stored: Connections) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin(tags={"plan": "pro"})

    answer = marketplace.deliver(installed())

    assert (answer.status, answer.body) == (204, b"")
    (asked,) = marketplace.api.of(exchange_path())
    assert json.loads(asked.body) == {
        "grant_type": "authorization_code",
        "code": "canary-secret-code",
        "client_id": "client",
        "client_secret": "canary-secret-client",
    }
    shown = marketplace.read(connection_id).json()
    assert shown["credentials"]["access_token"] == "canary-secret-access"
    assert shown["connection_config"] == {
        "actor": "1",
        "hostname": "sentry.io",
        "installation.uuid": UUID,
    }
    assert shown["tags"]["plan"] == "pro"
    assert stored.told() == [("creation", True)]
    assert stored.due(within_seconds=86_400) == {connection_id}


def test_a_second_delivery_does_nothing(marketplace: Marketplace, stored: Connections) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    before = [marketplace.deliver(installed()).status, stored.stored(connection_id, "sentry")]

    after = [marketplace.deliver(installed()).status, stored.stored(connection_id, "sentry")]

    assert after == before
    assert len(marketplace.api.of(exchange_path())) == 1
    assert len(marketplace.tenant.call("GET", "/connections").json()["connections"]) == 1
    assert stored.told() == [("creation", True)]


def test_a_delivery_while_another_is_at_it_does_nothing(
    marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    waiting = stored.stored(connection_id, "sentry")
    stored.store.lease(waiting, owner="lease_of_another", until=waiting.created_at + 60)

    assert marketplace.deliver(installed()).status == 204

    assert marketplace.api.asked == []
    assert stored.told() == []


def test_a_code_that_is_refused_is_told_and_the_next_one_serves(
    marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    good = marketplace.api.answers[f"POST {exchange_path()}"]
    marketplace.api.answers[f"POST {exchange_path()}"] = [REFUSED, good]  # type: ignore[list-item]

    assert marketplace.deliver(installed()).status == 204
    assert marketplace.read(connection_id).status == 424
    assert stored.told() == [("creation", False)]
    assert marketplace.deliver(installed(code="canary-secret-code-2")).status == 204

    assert marketplace.read(connection_id).status == 200
    assert stored.told() == [("creation", False), ("creation", True)]


def test_what_the_customer_changed_meanwhile_stays(
    marketplace: Marketplace, stored: Connections
) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    assert stored.patch({"tags": {"plan": "free"}}, connection_id, "sentry").status == 200

    marketplace.deliver(installed())

    assert marketplace.read(connection_id).json()["tags"] == {"plan": "free"}
    query = "/connections?tags[plan]=free"
    assert len(marketplace.tenant.call("GET", query).json()["connections"]) == 1


def test_of_two_that_wait_for_one_person_the_newer_is_completed(
    marketplace: Marketplace,
) -> None:
    marketplace.integrate()
    older, newer = marketplace.begin(), marketplace.begin()

    marketplace.deliver(installed())

    assert marketplace.read(newer).status == 200
    assert marketplace.read(older).status == 424


def test_an_import_completes_it_too(marketplace: Marketplace, stored: Connections) -> None:
    marketplace.integrate()
    connection_id = marketplace.begin()
    body = {
        "provider_config_key": "sentry",
        "connection_id": connection_id,
        "credentials": {"type": "OAUTH2", "access_token": "canary-secret-imported"},
    }
    assert marketplace.tenant.call("POST", "/connections", body).status == 201

    marketplace.deliver(installed())

    shown = marketplace.read(connection_id).json()
    assert shown["credentials"]["access_token"] == "canary-secret-imported"
    assert "pending" not in shown["connection_config"]
    assert stored.told() == [("creation", True)]
    assert marketplace.api.asked == []
