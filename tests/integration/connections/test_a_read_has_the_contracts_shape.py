"""``GET /connections/{id}`` as the official clients read it (contract §7.2)."""

import re
import time
from pathlib import Path

from tests.support.authorization_server import write_provider
from tests.support.calls import call
from tests.support.connections import ACCESS_TOKEN, RAW, REFRESH_TOKEN, Connections

ROW_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
CREDENTIALS_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
END_USER = {"id": "u1", "email": "a@b.co", "organization": {"id": "o1"}, "tags": {"t": "1"}}


def test_everything_known_is_shown_but_refresh_tokens(connections: Connections) -> None:
    made = connections.make(
        tags={"team": "a"},
        end_user=END_USER,
        metadata={"n": 1.5, "list": [None, True]},
        connection_config={"subdomain": "acme", "is_bot": True, "refreshToken": "canary-x"},
        webhook_url_override="https://hooks.example/own",
    )

    body = connections.read().json()

    assert ROW_DATE.fullmatch(body.pop("created_at"))
    assert ROW_DATE.fullmatch(body.pop("updated_at"))
    assert ROW_DATE.fullmatch(body.pop("last_fetched_at"))
    assert CREDENTIALS_DATE.fullmatch(body["credentials"].pop("expires_at"))
    assert body == {
        "id": made.id,
        "connection_id": "c-1",
        "provider_config_key": "test",
        "provider": "test-provider",
        "errors": [],
        "end_user": {
            "id": "u1",
            "display_name": None,
            "email": "a@b.co",
            "tags": {"t": "1"},
            "organization": {"id": "o1", "display_name": None},
        },
        "tags": {"team": "a"},
        "metadata": {"n": 1.5, "list": [None, True]},
        "connection_config": {"subdomain": "acme", "is_bot": True},
        "webhook_url_override": "https://hooks.example/own",
        "credentials": {
            "type": "OAUTH2",
            "access_token": ACCESS_TOKEN,
            "raw": {"access_token": ACCESS_TOKEN, "nested": {"n": [1]}},
        },
    }


def test_what_is_absent_is_null_or_empty(connections: Connections) -> None:
    connections.make(last_fetched_at=None, expires_in=None)

    body = connections.read().json()

    absent = {name: body[name] for name in ("end_user", "metadata", "webhook_url_override")}
    assert absent == dict.fromkeys(absent)
    assert body["tags"] == body["connection_config"] == {}
    assert body["last_fetched_at"] is None
    assert "expires_at" not in body["credentials"]


def test_the_refresh_token_is_shown_when_asked_for(connections: Connections) -> None:
    connections.make(connection_config={"refresh_token": "canary-x"})

    body = connections.read(query="&refresh_token=true").json()

    assert body["credentials"]["refresh_token"] == REFRESH_TOKEN
    assert body["credentials"]["raw"] == RAW
    assert body["connection_config"] == {}


def test_the_official_client_sends_all_four_switches(connections: Connections) -> None:
    connections.make()
    query = "&force_refresh=false&refresh_token=false&refresh_github_app_jwt_token=false"
    assert connections.read(query=query).status == 200


def test_a_client_of_the_connections_own_is_shown_with_it(connections: Connections) -> None:
    override = {"client_id": "own", "client_secret": "canary-secret-own"}
    connections.make(values={"config_override": override})
    assert connections.read().json()["credentials"]["config_override"] == override


def test_without_the_scope_credentials_are_an_empty_object(connections: Connections) -> None:
    connections.make("fresh")
    connections.make("ended", expires_in=-60)
    key = connections.tenant.key_with("environment:connections:read")
    for name in ("fresh", "ended"):
        path = f"/connections/{name}?provider_config_key=test"
        answer = call(connections.tenant.stack, key, "GET", path)
        assert (answer.status, answer.json()["credentials"]) == (200, {})
        assert "canary" not in answer.text
    assert connections.server.requests == []


def test_nor_are_secrets_shown_that_stand_in_connection_config(
    connections: Connections, tmp_path: Path
) -> None:
    """Some APIs want a key beside the token: datadog's ``applicationKey``."""
    fields = '{ key = { title = "Key", secret = true }, site = { title = "Site" } }'
    write_provider(tmp_path, connections.server.url, connection_config=fields)
    config = {"key": "canary-key", "site": "eu", "said": "x"}
    connections.make(connection_config=config)
    tenant = connections.tenant
    reading = tenant.key_with("environment:connections:read")
    creating = tenant.key_with("environment:connections:create")
    credentials = {"type": "OAUTH2", "access_token": "canary-secret-imported"}
    again = {"provider_config_key": "test", "connection_id": "c-1", "credentials": credentials}

    path = "/connections/c-1?provider_config_key=test"
    for answer in (
        call(tenant.stack, reading, "GET", path),
        call(tenant.stack, creating, "POST", "/connections", again),
    ):
        assert answer.json()["connection_config"] == {"site": "eu", "said": "x"}
        assert "canary" not in answer.text
    assert connections.read().json()["connection_config"] == config


def test_use_is_noted_at_most_once_an_hour(connections: Connections) -> None:
    connections.make("rarely", last_fetched_at=time.time() - 3601)
    connections.make("often", last_fetched_at=time.time() - 3500)
    before = connections.stored("often").last_fetched_at

    connections.read("rarely")
    connections.read("often")

    noted = connections.stored("rarely").last_fetched_at
    assert noted is not None
    assert time.time() - noted < 60
    assert connections.stored("often").last_fetched_at == before


def test_a_connection_that_is_used_again_is_due_before_its_end(connections: Connections) -> None:
    days_ago = time.time() - 3 * 86_400
    made = connections.make(
        expires_in=7200, last_fetched_at=days_ago, created_at=days_ago, updated_at=days_ago
    )
    idle_until = made.refresh.refresh_at or 0
    assert idle_until > time.time() + 7200

    connections.read()

    refresh_at = connections.stored().refresh.refresh_at or 0
    assert time.time() < refresh_at < time.time() + 7200 - 900
    assert connections.due(within_seconds=7200) == {"c-1"}


def test_answers_are_kept_by_nobody(connections: Connections) -> None:
    connections.make()
    assert connections.read().headers["cache-control"] == "no-store"
