"""A read renews a token that is near its end, with what the provider wants, and nothing else."""

import json
import time

import pytest

from tests.support.authorization_server import AuthorizationServer
from tests.support.aws_relay import KMS, WRITES, aws_relay
from tests.support.connections import ACCESS_TOKEN, REFRESH_TOKEN, Connections


def test_the_new_token_is_answered_and_stored(connections: Connections) -> None:
    before = connections.make(expires_in=600)

    answer = connections.read(query="&refresh_token=true")

    shown = answer.json()["credentials"]
    assert shown["access_token"] == "canary-secret-access-1"
    assert shown["refresh_token"] == "canary-secret-refresh-1"
    after = connections.stored()
    stored = connections.credentials()
    assert stored.values == {name: shown[name] for name in ("access_token", "refresh_token")}
    assert stored.raw == shown["raw"]
    assert after.version == before.version + 1
    assert after.updated_at > before.updated_at
    assert after.expires_at == pytest.approx(time.time() + 3600, abs=30)
    assert (after.refresh.lease_owner, after.refresh.lease_until) == ("", 0)
    assert connections.due() == set()
    assert connections.due(within_seconds=3600) == {"c-1"}
    assert connections.told() == []


def test_the_provider_is_asked_as_its_entry_says(connections: Connections) -> None:
    connections.make(expires_in=600, connection_config={"is_bot": True, "count": 3})
    connections.read()
    (request,) = connections.server.refreshes()
    assert request.params == {
        "grant_type": "refresh_token",
        "refresh_token": REFRESH_TOKEN,
        "client_id": "test-client",
        "client_secret": "canary-secret-client",
    }


def test_a_connection_with_a_client_of_its_own_uses_and_keeps_it(connections: Connections) -> None:
    override = {"client_id": "own", "client_secret": "canary-secret-own"}
    connections.make(expires_in=600, values={"config_override": override})
    connections.read()
    (request,) = connections.server.refreshes()
    assert request.params["client_id"] == "own"
    assert request.params["client_secret"] == "canary-secret-own"
    assert connections.credentials().values["config_override"] == override


def test_a_token_that_is_good_for_longer_is_left_alone(connections: Connections) -> None:
    connections.make("long", expires_in=1000)
    connections.make("for-ever", expires_in=None)
    connections.make("own-buffer", expires_in=600, expiration_buffer_seconds=60)
    for name in ("long", "for-ever", "own-buffer"):
        assert connections.read(name).json()["credentials"]["access_token"] == ACCESS_TOKEN
    assert connections.server.requests == []


def test_the_refresh_token_is_kept_when_none_is_returned(connections: Connections) -> None:
    connections.server.switches.rotates = False
    connections.make(expires_in=-5)
    assert connections.read().status == 200
    assert connections.credentials().refresh_token == REFRESH_TOKEN
    assert connections.credentials().access_token == "canary-secret-access-1"


def test_a_token_without_a_lifetime_lives_as_long_as_the_last(
    connections: Connections, server: AuthorizationServer
) -> None:
    issued_at = time.time() - 3000
    connections.make(expires_in=600, refresh={"last_success_at": issued_at})
    server.switches.expires_in = None

    answer = connections.read()

    assert answer.json()["credentials"]["access_token"] == "canary-secret-access-1"
    assert connections.stored().expires_at == pytest.approx(time.time() + 3600, abs=30)
    assert connections.due(within_seconds=3600) == {"c-1"}


def test_a_token_that_never_ended_stays_so(
    connections: Connections, server: AuthorizationServer
) -> None:
    connections.make(expires_in=None)
    server.switches.expires_in = None

    connections.read(query="&force_refresh=true")

    assert connections.stored().expires_at is None


def test_granted_scopes_follow_the_answer(connections: Connections) -> None:
    connections.server.switches.rotates = False
    connections.make(expires_in=600, granted_scopes=("read", "write"))
    connections.read()
    assert connections.stored().granted_scopes == ("read", "write")

    connections.server.switches.scope = "read"
    connections.read(query="&force_refresh=true")
    assert connections.stored().granted_scopes == ("read",)


def test_one_refresh_is_two_writes_and_no_call_to_kms(connections: Connections) -> None:
    connections.make()
    connections.make("warm")
    with aws_relay(connections.tenant.stack) as relay:
        connections.read()
        connections.read("warm", "&force_refresh=true")
        relay.forget()
        connections.read(query="&force_refresh=true")
        assert relay.count(WRITES) == 2
        assert relay.count(KMS) == 0


def test_a_read_that_renews_nothing_is_one_request(connections: Connections) -> None:
    connections.make()
    with aws_relay(connections.tenant.stack) as relay:
        connections.read()
        relay.forget()
        connections.read()
        assert relay.calls == ["GetItem"]


def test_an_answer_that_is_too_large_to_keep_is_used_all_the_same(
    connections: Connections,
) -> None:
    tokens = {"access_token": "canary-secret-a", "refresh_token": "canary-secret-r"}
    body = json.dumps({**tokens, "expires_in": 3600, "bulk": "x" * 500_000}).encode()
    connections.server.switches.refresh_answer = (200, {"content-type": "application/json"}, body)
    connections.make(expires_in=-5)

    shown = connections.read(query="&refresh_token=true").json()["credentials"]

    assert {name: shown[name] for name in tokens} == tokens
    assert shown["raw"] == {}
    assert connections.credentials().values == tokens


class TestForced:
    """``force_refresh=true``."""

    def test_it_renews_a_fresh_token(self, connections: Connections) -> None:
        connections.make()
        answer = connections.read(query="&force_refresh=true")
        assert answer.json()["credentials"]["access_token"] == "canary-secret-access-1"

    def test_without_a_refresh_token_the_token_comes_back_as_it_is(
        self, connections: Connections
    ) -> None:
        connections.make(values={"refresh_token": ""})
        answer = connections.read(query="&force_refresh=true")
        assert (answer.status, answer.json()["credentials"]["access_token"]) == (200, ACCESS_TOKEN)
        assert connections.server.requests == []

    def test_it_asks_during_the_cooldown_and_after_the_end(self, connections: Connections) -> None:
        dead = {
            "exhausted": True,
            "refresh_at": None,
            "error_code": "invalid_grant",
            "error_operation_id": "op_1",
            "last_failure_at": time.time(),
            "attempts": 2,
        }
        connections.make(expires_in=-5, refresh=dead)
        assert connections.read().status == 424

        answer = connections.read(query="&force_refresh=true")

        assert answer.status == 200
        assert answer.json()["errors"] == []
        refresh = connections.stored().refresh
        assert (refresh.exhausted, refresh.error_code, refresh.attempts) == (False, "", 0)
        assert connections.due(within_seconds=3600) == {"c-1"}
        (event,) = connections.events()
        assert (event["operation"], event["success"]) == ("refresh", True)
        assert event["operation_id"] == "op_1"


def test_a_refresh_outlives_the_whole_flow_before_it(
    connections: Connections, server: AuthorizationServer
) -> None:
    server.switches.expires_in = 60
    connection_id = connections.tenant.connect(server)
    assert connections.read(connection_id).json()["credentials"]["access_token"].endswith("-1")
    server.switches.expires_in = 3600
    pk = f"{connections.tenant.environment_id}#test#{connection_id}"
    connections.tenant.stack.update("ConnectionsTable", {"pk": pk}, expires_at=time.time() - 1)
    answer = connections.read(connection_id)
    assert answer.json()["credentials"]["access_token"].endswith("-2")
    assert connections.told() == [("creation", True)]
