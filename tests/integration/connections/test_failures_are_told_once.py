"""A run of failed refreshes: what ends a connection, what does not, and which events tell of it."""

import json
import time
from typing import Any

import pytest

from tests.support.connections import Connections

FORCED = "&force_refresh=true"


def refuse(connections: Connections, error: str, status: int = 400, **headers: str) -> None:
    """Have the provider refuse refreshes."""
    body = json.dumps({"error": error}).encode()
    answer = (status, {"content-type": "application/json", **headers}, body)
    connections.server.switches.refresh_answer = answer


def test_a_rejected_grant_is_confirmed_once_before_the_connection_is_dead(
    connections: Connections,
) -> None:
    refuse(connections, "invalid_grant")
    connections.make(expires_in=60)

    connections.read()
    first = connections.stored().refresh
    assert (first.exhausted, first.error_code) == (False, "invalid_grant")
    assert connections.due(within_seconds=120) == {"c-1"}
    assert connections.told() == [("refresh", False)]

    connections.read(query=FORCED)
    second = connections.stored().refresh
    assert (second.exhausted, second.refresh_at) == (True, None)
    assert connections.due(within_seconds=10 * 86_400) == set()
    assert connections.told() == [("refresh", False), ("refresh", False)]

    connections.read(query=FORCED)
    assert len(connections.told()) == 2


def test_a_wrong_client_secret_never_ends_a_connection(connections: Connections) -> None:
    refuse(connections, "invalid_client", 401)
    long_ago = time.time() - 30 * 86_400
    failing = {"error_code": "invalid_client", "attempts": 99, "failing_since": long_ago}
    connections.make(expires_in=60, refresh=failing)

    connections.read(query=FORCED)

    refresh = connections.stored().refresh
    assert (refresh.exhausted, refresh.error_code) == (False, "invalid_client")
    assert connections.due(within_seconds=2 * 3600 + 60) == {"c-1"}
    assert connections.due(within_seconds=1800) == set()

    # And the month of it is not held against the connection when the provider has a bad moment.
    refuse(connections, "server_error", 503)
    connections.read(query=FORCED)
    assert connections.stored().refresh.exhausted is False


def test_an_integration_that_is_gone_never_ends_a_connection(connections: Connections) -> None:
    connections.make(integration="gone", expires_in=-1)
    path = "/connections/c-1?provider_config_key=gone"
    error = connections.tenant.call("GET", path).json()["error"]
    assert (error["code"], error["type"]) == ("invalid_credentials", "unknown_provider_config")
    assert connections.stored(integration="gone").refresh.exhausted is False


def test_an_outage_is_told_once_and_its_end_once(connections: Connections) -> None:
    refuse(connections, "server_error", 503)
    connections.make(expires_in=60, tags={"team": "red"}, webhook_url_override="https://h.example")
    for _ in range(3):
        connections.read(query=FORCED)
    connections.server.switches.refresh_answer = None
    assert connections.read(query=FORCED).status == 200
    connections.read(query=FORCED)

    failed, recovered = connections.events()
    assert (failed["operation"], failed["success"]) == ("refresh", False)
    assert failed["error_type"] == "refresh_token_external_error"
    assert failed["tags"] == {"team": "red"}
    assert failed["webhook_url_override"] == "https://h.example"
    assert (recovered["operation"], recovered["success"]) == ("refresh", True)
    assert recovered["version"] == failed["version"] + 1
    assert connections.read().json()["errors"] == []
    assert connections.stored().refresh.attempts == 0


def test_four_days_of_failures_end_a_connection(connections: Connections) -> None:
    refuse(connections, "server_error", 503)
    since = time.time() - 4 * 86_400 - 1
    failing: dict[str, Any] = {"error_code": "x", "attempts": 90, "failing_since": since}
    connections.make(expires_in=-1, refresh=failing)
    connections.read(query=FORCED)
    assert connections.stored().refresh.exhausted is True
    assert connections.due(within_seconds=10 * 86_400) == set()
    assert connections.told() == [("refresh", False)]


def test_a_provider_that_says_when_is_left_alone_till_then(connections: Connections) -> None:
    for seconds, waited in (("7200", 7200), ("999999999", 6 * 3600)):
        refuse(connections, "rate_limit_exceeded", 429, **{"retry-after": seconds})
        connections.make(seconds, expires_in=-1)
        connections.read(seconds)
        refresh_at = connections.stored(seconds).refresh.refresh_at
        assert refresh_at == pytest.approx(time.time() + waited, abs=30)


def test_a_failure_changes_nothing_but_the_bookkeeping(connections: Connections) -> None:
    refuse(connections, "invalid_grant")
    before = connections.make(expires_in=60)
    connections.read()
    after = connections.stored()
    for name in ("version", "updated_at", "expires_at", "sealed_credentials", "granted_scopes"):
        assert getattr(after, name) == getattr(before, name), name
    assert after.refresh.last_success_at == before.refresh.last_success_at
    assert (after.refresh.lease_owner, after.refresh.lease_until) == ("", 0)
