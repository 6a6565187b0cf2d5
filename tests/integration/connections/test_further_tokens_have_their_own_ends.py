"""One answer, two tokens: each is kept, renewed by its own refresh token, and lost by none."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from carrick import clock
from tests.support.authorization_server import FURTHER, AuthorizationServer, write_provider
from tests.support.connections import Connections

FACTS = '{ token_object_path = "person", further_tokens = { user = "person" } }'
REFUSED = (400, {"content-type": "application/json"}, b'{"error": "invalid_grant"}')
DOWN = (503, {}, b"")


@pytest.fixture
def connection_id(connections: Connections, tmp_path: Path) -> str:
    """A connection of a provider that gives two tokens, made by a flow."""
    server = connections.server
    write_provider(tmp_path, server.url, token_response=FACTS)
    server.switches.further_token = "person"
    server.switches.further_expires_in = 600
    return connections.tenant.connect(server)


def read(connections: Connections, connection_id: str, query: str = "") -> dict[str, Any]:
    answer = connections.read(connection_id, query)
    assert answer.status == 200, answer.text
    credentials: dict[str, Any] = answer.json()["credentials"]
    return credentials


def sent(server: AuthorizationServer) -> list[str]:
    return [request.params["refresh_token"] for request in server.refreshes()]


def test_both_are_read_and_the_earliest_end_counts(
    connections: Connections, connection_id: str
) -> None:
    credentials = read(connections, connection_id)

    user = credentials["further_tokens"]["user"]
    assert credentials["access_token"] == "canary-secret-access-1"
    assert user["access_token"] == "canary-secret-further-access-2"
    assert user["token_type"] == "user"
    assert user["expires_at"] == credentials["expires_at"]
    assert 500 < clock.parse_iso(user["expires_at"]) - time.time() <= 600
    assert FURTHER not in json.dumps(credentials)
    due_at = connections.stored(connection_id).refresh.refresh_at
    assert due_at is not None and due_at - time.time() < 600
    shown = read(connections, connection_id, "&refresh_token=true")
    assert shown["further_tokens"]["user"]["refresh_token"].startswith(FURTHER)


def test_each_is_renewed_by_its_own_refresh_token(
    connections: Connections, connection_id: str
) -> None:
    before = read(connections, connection_id, "&refresh_token=true")
    after = read(connections, connection_id, "&refresh_token=true&force_refresh=true")

    old, new = before["further_tokens"]["user"], after["further_tokens"]["user"]
    assert sent(connections.server) == [before["refresh_token"], old["refresh_token"]]
    assert after["access_token"] != before["access_token"]
    assert new["access_token"] != old["access_token"]
    assert new["refresh_token"] in connections.server.live_refresh_tokens
    # Who reads the person's token where the provider put it finds the fresh one there.
    assert after["raw"]["person"]["access_token"] == new["access_token"]
    assert after["raw"]["person"]["id"] == "u-1"


@pytest.mark.parametrize("answer", [REFUSED, DOWN], ids=["refused", "down"])
def test_one_that_fails_takes_no_other_along(
    answer: Any, connections: Connections, connection_id: str
) -> None:
    server = connections.server
    before = read(connections, connection_id, "&refresh_token=true")
    server.switches.further_refresh_answer = answer
    after = read(connections, connection_id, "&refresh_token=true&force_refresh=true")

    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] == server.refresh_token
    kept = dict(after["further_tokens"]["user"])
    assert kept.pop("error")
    assert kept == before["further_tokens"]["user"]
    stored = connections.stored(connection_id)
    assert stored.refresh.error_code == ""
    assert stored.expires_at is not None
    assert 3_500 < stored.expires_at - time.time() <= 3_600

    server.switches.further_refresh_answer = None
    again = read(connections, connection_id, "&force_refresh=true")["further_tokens"]["user"]
    assert "error" not in again
    assert again["access_token"] != kept["access_token"]


def test_what_is_refused_twice_is_not_asked_for_again(
    connections: Connections, connection_id: str
) -> None:
    server = connections.server
    server.switches.further_refresh_answer = REFUSED
    for _ in range(3):
        credentials = read(connections, connection_id, "&refresh_token=true&force_refresh=true")

    assert len([token for token in sent(server) if token.startswith(FURTHER)]) == 2
    user = credentials["further_tokens"]["user"]
    assert user["error"] == "invalid_grant"
    assert "refresh_token" not in user
    assert len(sent(server)) == 5


def test_the_first_token_failing_leaves_the_other_unasked(
    connections: Connections, connection_id: str
) -> None:
    server = connections.server
    before = connections.credentials(connection_id)
    server.switches.refresh_answer = DOWN
    connections.read(connection_id, "&force_refresh=true")

    assert not [token for token in sent(server) if token.startswith(FURTHER)]
    assert connections.credentials(connection_id) == before


def test_a_token_that_is_the_first_is_no_further_one(
    connections: Connections, tmp_path: Path
) -> None:
    server = connections.server
    write_provider(tmp_path, server.url, token_response=FACTS)
    person = {"id": "u-1", "access_token": "canary-secret-1", "refresh_token": "canary-secret-2"}
    body = json.dumps({"ok": True, "account": "a", "person": person}).encode()
    server.switches.answer = (200, {"content-type": "application/json"}, body)
    credentials = read(connections, connections.tenant.connect(server))

    assert credentials["access_token"] == "canary-secret-1"
    assert "further_tokens" not in credentials
