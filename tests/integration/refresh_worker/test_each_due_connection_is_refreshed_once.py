"""Messages say where to look. What is done is decided by what is found there."""

import threading
import time

import pytest

from tests.support.connections import ACCESS_TOKEN, Connections

NAMES = [f"c-{number}" for number in range(10)]


def due(connections: Connections, *names: str) -> None:
    for name in names:
        connections.make(name, expires_in=60, refresh={"refresh_at": time.time() - 1})


def send(connections: Connections, *names: str) -> None:
    for name in names:
        message = {
            "environment_id": connections.tenant.environment_id,
            "integration_id": "test",
            "connection_id": name,
        }
        connections.tenant.stack.send("RefreshQueue", message)


def run(connections: Connections) -> int:
    """Consume one batch; how many messages are left in the queue."""
    connections.tenant.stack.run_queue("RefreshQueue")
    return len(connections.tenant.stack.queued("RefreshQueue"))


def test_a_batch_is_refreshed_side_by_side(connections: Connections) -> None:
    due(connections, *NAMES)
    send(connections, *NAMES)
    together = threading.Barrier(len(NAMES))
    # Nobody is answered before all have asked: one after the other would never get there.

    def before_answer() -> None:
        together.wait(20)

    connections.server.switches.before_answer = before_answer

    assert run(connections) == 0

    tokens = {connections.access_token(name) for name in NAMES}
    assert len(tokens) == len(NAMES)
    assert ACCESS_TOKEN not in tokens
    assert len(connections.server.refreshes()) == len(NAMES)
    assert connections.due() == set()


def test_the_same_connection_twice_in_a_batch_is_refreshed_once(connections: Connections) -> None:
    due(connections, "c-1")
    send(connections, *["c-1"] * 10)
    assert run(connections) == 0
    assert len(connections.server.refreshes()) == 1
    assert connections.stored().version == 2


def test_what_is_not_due_any_more_is_left_alone(connections: Connections) -> None:
    connections.make("later", expires_in=60, refresh={"refresh_at": time.time() + 60})
    connections.make("dead", expires_in=60, refresh={"refresh_at": None, "exhausted": True})
    send(connections, "later", "dead", "deleted")
    assert run(connections) == 0
    assert connections.server.requests == []


def test_one_that_is_being_refreshed_is_left_to_the_next_minute(connections: Connections) -> None:
    held = {"lease_owner": "lease_other", "lease_until": time.time() + 15}
    connections.make(expires_in=60, refresh={**held, "refresh_at": time.time() - 1})
    send(connections, "c-1")
    assert run(connections) == 0
    assert connections.server.requests == []
    assert connections.due() == {"c-1"}


def test_use_or_its_absence_does_not_matter_to_the_worker(connections: Connections) -> None:
    long_ago = time.time() - 30 * 86_400
    connections.make(
        expires_in=-3600,
        created_at=long_ago,
        last_fetched_at=long_ago,
        refresh={"refresh_at": time.time() - 1},
    )
    send(connections, "c-1")
    run(connections)
    after = connections.stored()
    assert after.version == 2
    # An idle one is next looked at in a day, though its new token ends in an hour.
    assert after.refresh.refresh_at == pytest.approx(time.time() + 86_400, rel=0.11)


def test_a_failure_is_done_with_and_tried_again_by_the_schedule(connections: Connections) -> None:
    connections.server.switches.refresh_answer = (503, {}, b"")
    due(connections, "c-1")
    send(connections, "c-1")
    assert run(connections) == 0
    assert connections.due() == set()
    assert connections.due(within_seconds=120) == {"c-1"}
    assert connections.told() == [("refresh", False)]


def test_dead_connections_leave_the_index_through_the_worker(connections: Connections) -> None:
    connections.server.switches.refresh_answer = (400, {}, b'{"error":"invalid_grant"}')
    due(connections, "c-1")
    for _ in range(2):
        pk = f"{connections.tenant.environment_id}#test#c-1"
        now = time.time()
        connections.tenant.stack.update("ConnectionsTable", {"pk": pk}, refresh_at=now - 1)
        connections.tenant.stack.run_schedule("refresh_schedule")
        assert run(connections) == 0
    assert connections.stored().refresh.exhausted is True
    assert connections.due(within_seconds=10 * 86_400) == set()
    assert connections.told() == [("refresh", False), ("refresh", False)]
