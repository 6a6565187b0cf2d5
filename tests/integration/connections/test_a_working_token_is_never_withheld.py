"""Whatever fails around a refresh: a token that works is served, and one that does not is not."""

import time

from tests.support.aws_relay import aws_relay
from tests.support.calls import error_of
from tests.support.connections import ACCESS_TOKEN, Connections
from tests.support.stack import Response

UNAVAILABLE = (503, {"content-type": "application/json"}, b'{"error":"temporarily_unavailable"}')
DEAD = {"exhausted": True, "refresh_at": None, "error_code": "invalid_grant", "attempts": 2}


def is_served(answer: Response) -> bool:
    """Whether the first access token came, with no word of an error."""
    return answer.status == 200 and answer.json()["credentials"]["access_token"] == ACCESS_TOKEN


def test_while_the_provider_is_down(connections: Connections) -> None:
    connections.server.switches.refresh_answer = UNAVAILABLE
    connections.make(expires_in=60)

    assert is_served(connections.read())

    again = connections.read()
    assert is_served(again)
    assert len(connections.server.refreshes()) == 1  # and not hammered
    (event,) = connections.events()
    assert again.json()["errors"] == [{"type": "auth", "log_id": event["operation_id"]}]


def test_while_the_provider_is_no_longer_in_the_catalog(connections: Connections) -> None:
    connections.make(expires_in=60, provider="gone")
    tenant = connections.tenant
    key = {"environment_id": tenant.environment_id, "integration_id": "test"}
    tenant.stack.update("IntegrationsTable", key, provider="gone")
    assert is_served(connections.read())
    assert connections.stored().refresh.error_code == "unknown_provider_template"


def test_while_kms_is_down(connections: Connections) -> None:
    connections.make(expires_in=3600)
    with aws_relay(connections.tenant.stack) as relay:
        assert is_served(connections.read())  # the data key of the connection is known now
        before = connections.stored()
        pk = f"{connections.tenant.environment_id}#test#c-1"
        key = {"pk": pk}
        connections.tenant.stack.update("ConnectionsTable", key, expires_at=time.time() + 9)
        connections.tenant.stack.update("ConnectionsTable", key, last_success_at=None)
        relay.fail["Decrypt"] = "KMSInternalException"  # for the client secret
        assert is_served(connections.read())
    assert connections.server.requests == []
    assert connections.stored().refresh.lease_owner == before.refresh.lease_owner


def test_while_nothing_can_be_written(connections: Connections) -> None:
    connections.make("near its end", expires_in=60)
    connections.make("not seen for long", last_fetched_at=None)
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["UpdateItem"] = "ResourceNotFoundException"
        assert is_served(connections.read("near its end".replace(" ", "%20")))
        assert is_served(connections.read("not seen for long".replace(" ", "%20")))
    # Nobody is asked to rotate a token that could not be stored.
    assert connections.server.requests == []


def test_while_another_transaction_holds_the_connection(connections: Connections) -> None:
    connections.make(expires_in=60)
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["UpdateItem"] = "TransactionConflictException"
        assert is_served(connections.read())


def test_a_dead_connection_is_served_until_the_token_ends(connections: Connections) -> None:
    connections.make("alive", expires_in=60, refresh=DEAD)
    connections.make("ended", expires_in=-1, refresh=DEAD)

    assert is_served(connections.read("alive"))
    answer = connections.read("ended")

    assert error_of(answer) == (424, "invalid_credentials")
    assert answer.json()["error"]["type"] == "connection_refresh_exhausted"
    assert connections.server.requests == []


def test_an_ended_token_is_not_served_and_the_provider_not_hammered(
    connections: Connections,
) -> None:
    connections.server.switches.refresh_answer = UNAVAILABLE
    made = connections.make(expires_in=-1, tags={"team": "red"})

    first, second = connections.read(), connections.read()

    for answer, kind in (
        (first, "refresh_token_external_error"),
        (second, "connection_refresh_backoff"),
    ):
        error = answer.json()["error"]
        assert (answer.status, error["code"], error["type"]) == (424, "invalid_credentials", kind)
        shown = error["payload"]["connection"]
        assert (shown["id"], shown["tags"], shown["credentials"]) == (made.id, {"team": "red"}, {})
        assert len(shown["errors"]) == 1
        assert "canary" not in answer.text
    assert len(connections.server.refreshes()) == 1


def test_after_the_cooldown_a_read_tries_again(connections: Connections) -> None:
    failed = {"error_code": "x", "attempts": 3, "refresh_at": time.time() + 900}
    connections.make(
        "cooling", expires_in=-1, refresh={**failed, "last_failure_at": time.time() - 20}
    )
    connections.make("cool", expires_in=-1, refresh={**failed, "last_failure_at": time.time() - 31})
    assert connections.read("cooling").status == 424
    assert connections.read("cool").status == 200


def test_who_forces_a_refresh_is_told_that_it_failed_and_shown_no_credentials(
    connections: Connections,
) -> None:
    connections.server.switches.refresh_answer = UNAVAILABLE
    connections.make()

    answer = connections.read(query="&force_refresh=true&refresh_token=true")

    assert error_of(answer) == (424, "invalid_credentials")
    assert answer.json()["error"]["payload"]["connection"]["credentials"] == {}
    assert "canary" not in answer.text
    assert is_served(connections.read())


def test_a_forced_refresh_that_cannot_begin_is_an_error(connections: Connections) -> None:
    connections.make("works", expires_in=60)
    connections.make("ended", expires_in=-1)
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["Decrypt"] = "KMSInternalException"
        for name in ("works", "ended"):
            answer = connections.read(name, "&force_refresh=true")
            assert error_of(answer) == (500, "seal_error")
            assert connections.stored(name).refresh.lease_owner == ""
    assert connections.server.requests == []


def test_what_the_provider_says_is_cut_and_holds_no_token(connections: Connections) -> None:
    words = '{"error":"invalid_grant","error_description":"canary-secret-%s is bad"}' % ("x" * 500)
    connections.server.switches.refresh_answer = (400, {}, words.encode())
    connections.make(expires_in=-1)
    answer = connections.read()
    assert answer.status == 424
    assert len(answer.json()["error"]["message"]) < 300
    assert "canary" not in answer.text
