"""A refresh was sent and its process died: whether to ask again is the provider's to say.

A lease that ran out and was never given back is the sign (RFC 9700 §4.14).
"""

from pathlib import Path

import pytest

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.connections import ACCESS_TOKEN, Connections

STRICT = {"rotates_refresh_tokens": "true", "reuse_revokes_family": "true"}
GRACIOUS = {**STRICT, "rotation_grace_seconds": "600"}


@pytest.fixture
def provider(server: AuthorizationServer, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The test provider with the facts of the test."""
    write_provider(tmp_path, server.url, **request.param)


@pytest.mark.parametrize("provider", [STRICT], indirect=True)
@pytest.mark.usefixtures("provider")
class TestReuseRevokesTheFamily:
    def test_it_is_not_asked_and_the_token_served_while_it_works(
        self, connections: Connections
    ) -> None:
        connections.crashed(30, expires_in=60)

        answer = connections.read()

        assert answer.json()["credentials"]["access_token"] == ACCESS_TOKEN
        assert connections.server.requests == []
        refresh = connections.stored().refresh
        assert (refresh.exhausted, refresh.error_code) == (True, "refresh_uncertain")
        assert connections.due(within_seconds=86_400 * 2) == set()
        (event,) = connections.events()
        assert (event["operation"], event["success"]) == ("refresh", False)
        assert event["error_type"] == "refresh_uncertain"
        assert len(connections.read().json()["errors"]) == 1

    def test_the_schedule_does_not_ask_either(self, connections: Connections) -> None:
        connections.crashed(30, expires_in=-1)
        connections.tenant.stack.run_schedule("refresh_schedule")
        connections.tenant.stack.run_queue("RefreshQueue")
        assert connections.server.requests == []
        assert connections.stored().refresh.error_code == "refresh_uncertain"

    def test_only_who_forces_it_asks(self, connections: Connections) -> None:
        connections.crashed(30, expires_in=-1)
        assert connections.read(query="&force_refresh=true").status == 200
        assert len(connections.server.refreshes()) == 1

    def test_a_lease_that_is_held_is_no_doubt_yet(self, connections: Connections) -> None:
        connections.crashed(15, expires_in=60)
        assert connections.read().status == 200
        assert connections.stored().refresh.error_code == ""

    def test_an_answer_that_was_lost_on_the_way_is_doubt_as_well(
        self, connections: Connections
    ) -> None:
        longer_than_is_read = b" " * (1024 * 1024 + 1)
        connections.server.switches.refresh_answer = (200, {}, longer_than_is_read)
        connections.make(expires_in=60)
        assert connections.read().json()["credentials"]["access_token"] == ACCESS_TOKEN
        assert connections.stored().refresh.exhausted is True


@pytest.mark.parametrize("provider", [GRACIOUS], indirect=True)
@pytest.mark.usefixtures("provider")
class TestWithGrace:
    def test_within_it_the_old_token_is_sent_once_more(self, connections: Connections) -> None:
        connections.crashed(590, expires_in=-1)
        answer = connections.read()
        assert answer.json()["credentials"]["access_token"] == "canary-secret-access-1"
        assert connections.stored().refresh.lease_owner == ""

    def test_after_it_is_not(self, connections: Connections) -> None:
        connections.crashed(610, expires_in=-1)
        assert connections.read().status == 424
        assert connections.server.requests == []
        assert connections.stored().refresh.error_code == "refresh_uncertain"


@pytest.mark.parametrize("provider", [{}, {"rotates_refresh_tokens": "true"}], indirect=True)
@pytest.mark.usefixtures("provider")
def test_a_provider_that_forgives_reuse_is_asked_again(connections: Connections) -> None:
    connections.crashed(5000, expires_in=-1)
    assert connections.read().status == 200
    assert len(connections.server.refreshes()) == 1
    assert connections.told() == []
