"""Time is looked at once more after the lease: without enough of it the provider is not asked."""

from dataclasses import replace

import pytest

from carrick.domain.refresh import Result, refresh_connection
from tests.support.connections import Connections


@pytest.mark.parametrize("crashed", [False, True])
def test_the_item_is_as_it_was_found(connections: Connections, crashed: bool) -> None:
    made = connections.crashed(30, expires_in=60) if crashed else connections.make(expires_in=60)
    deps = connections.tenant.stack.function("refresh_worker").dependencies()
    left = iter([29.0, 15.9])

    outcome = refresh_connection(made, deps, seconds_left=lambda: next(left))

    assert (outcome.result, list(left)) == (Result.BUSY, [])
    assert connections.server.requests == []
    # A lease that its owner never gave back is still the sign of that.
    assert connections.stored() == made


def test_one_that_is_deleted_meanwhile_is_no_error(connections: Connections) -> None:
    made = connections.make(expires_in=60)
    deps = connections.tenant.stack.function("refresh_worker").dependencies()
    left = iter([29.0, 15.9])

    def seconds_left() -> float:
        seconds = next(left)
        if seconds < 16:
            connections.delete()
        return seconds

    assert refresh_connection(made, deps, seconds_left=seconds_left).result is Result.BUSY
    assert connections.tenant.stack.items("ConnectionsTable") == []


def test_a_plan_that_was_made_for_another_version_is_not_sent(connections: Connections) -> None:
    made = connections.make(expires_in=60)
    newer = replace(made, version=2)
    connections.store.write(connections.store.put_write(newer, replaces=made))
    deps = connections.tenant.stack.function("refresh_worker").dependencies()
    assert refresh_connection(made, deps, seconds_left=lambda: 29.0).result is Result.BUSY
    assert connections.server.requests == []
