"""However many read an expired connection at once: one refresh, and good answers for all."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.support.aws_relay import aws_relay
from tests.support.connections import Connections
from tests.support.stack import Response

READERS = 200


def read_at_once(connections: Connections, readers: int, query: str = "") -> list[Response]:
    barrier = threading.Barrier(readers)

    def read(_: int) -> Response:
        barrier.wait(30)
        return connections.read(query=query)

    with ThreadPoolExecutor(readers) as pool:
        return list(pool.map(read, range(readers)))


def slow(connections: Connections, seconds: float = 0.1) -> None:
    """Have the provider take its time."""
    connections.server.switches.before_answer = lambda: time.sleep(seconds)


def test_two_hundred_readers_of_an_expired_token(connections: Connections) -> None:
    connections.make(expires_in=-5)
    connections.tenant.stack.function("connections")
    slow(connections)

    answers = read_at_once(connections, READERS)

    assert [answer.status for answer in answers] == [200] * READERS
    tokens = {answer.json()["credentials"]["access_token"] for answer in answers}
    assert tokens == {"canary-secret-access-1"}
    assert len(connections.server.refreshes()) == 1
    assert connections.told() == []


def test_those_who_force_it_share_one_too(connections: Connections) -> None:
    connections.make()
    connections.tenant.stack.function("connections")
    slow(connections)

    answers = read_at_once(connections, 10, "&force_refresh=true")

    assert {answer.status for answer in answers} == {200}
    # Who reads after the first has been stored asks for another: with a token that is live.
    assert len(connections.server.refreshes()) <= 10
    assert {connections.access_token()} <= {
        answer.json()["credentials"]["access_token"] for answer in answers
    }


def test_a_token_that_still_works_is_not_waited_for(connections: Connections) -> None:
    held = {"lease_owner": "lease_of_another", "lease_until": time.time() + 20}
    connections.make(expires_in=60, refresh=held)

    started = time.monotonic()
    answer = connections.read()

    assert answer.status == 200
    assert time.monotonic() - started < 5
    assert connections.server.requests == []


def test_who_has_to_wait_gets_what_the_other_one_stored(connections: Connections) -> None:
    held = {"lease_owner": "lease_of_another", "lease_until": time.time() + 20}
    leased = connections.make(expires_in=-5, refresh=held)

    def commit() -> None:
        entry = connections.journaled(leased, "canary-secret-access-of-another")
        renewed = replace(
            leased,
            version=leased.version + 1,
            sealed_credentials=entry.sealed_credentials,
            expires_at=entry.expires_at,
            refresh=replace(leased.refresh, lease_owner="", lease_until=0.0),
        )
        connections.store.write(connections.store.put_write(renewed, replaces=leased))

    with aws_relay(connections.tenant.stack) as relay:
        connections.tenant.call("GET", "/connections")  # so that the key is known

        def first_read() -> None:
            relay.before["GetItem"] = commit

        relay.before["GetItem"] = first_read
        answer = connections.read()

    assert answer.status == 200
    assert answer.json()["credentials"]["access_token"] == "canary-secret-access-of-another"
    assert connections.server.requests == []


@pytest.mark.parametrize("answer", [(503, b""), (400, b'{"error":"invalid_grant"}')])
def test_when_the_other_one_fails_the_waiting_are_told(
    connections: Connections, answer: tuple[int, bytes]
) -> None:
    connections.make(expires_in=-5)
    connections.tenant.stack.function("connections")
    connections.server.switches.refresh_answer = (answer[0], {}, answer[1])
    slow(connections)

    answers = read_at_once(connections, 20)

    assert {answer.status for answer in answers} == {424}
    assert len(connections.server.refreshes()) == 1
    assert len(connections.events()) == 1
    assert connections.stored().refresh.exhausted is False  # no one confirmed it by chance


def test_a_connection_that_is_deleted_while_waited_for_is_not_found(
    connections: Connections,
) -> None:
    held = {"lease_owner": "lease_of_another", "lease_until": time.time() + 20}
    connections.make(expires_in=-5, refresh=held)
    with aws_relay(connections.tenant.stack) as relay:
        connections.tenant.call("GET", "/connections")

        def first_read() -> None:
            relay.before["GetItem"] = connections.delete

        relay.before["GetItem"] = first_read
        answer = connections.read()
    assert answer.status == 404


def test_a_connection_made_anew_while_waited_for_is_served_as_it_is(
    connections: Connections,
) -> None:
    held = {"lease_owner": "lease_of_another", "lease_until": time.time() + 20}
    first = connections.make(expires_in=-5, refresh=held)

    def made_anew() -> None:
        connections.store.write(connections.store.delete_write(first))
        connections.make(values={"access_token": "canary-secret-access-anew"})

    with aws_relay(connections.tenant.stack) as relay:
        connections.tenant.call("GET", "/connections")

        def first_read() -> None:
            relay.before["GetItem"] = made_anew

        relay.before["GetItem"] = first_read
        answer = connections.read()

    assert answer.json()["credentials"]["access_token"] == "canary-secret-access-anew"
    assert connections.server.requests == []
