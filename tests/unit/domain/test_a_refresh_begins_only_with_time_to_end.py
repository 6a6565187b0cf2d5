"""An invocation that could be ended between the provider's answer and the commit does not ask."""

from typing import Any

from carrick.domain import refresh
from carrick.domain.refresh import Dependencies, Result, refresh_connection
from carrick.models.connection import Connection, ConnectionKey
from carrick.store.connections import ConnectionStore

NEEDED = refresh.PROVIDER_SECONDS + refresh.COMMIT_SECONDS
CONNECTION = Connection(ConnectionKey("e", "i", "c"), 1, "p", "OAUTH2", 1.0, 1.0)


class NoClient:
    """An AWS that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def test_nothing_is_read_or_leased_without_time() -> None:
    nobody: Any = NoClient()
    deps = Dependencies(
        connections=ConnectionStore(nobody, "t", now=lambda: 1.0),
        integrations=nobody,
        outbox=nobody,
        journal=nobody,
        vault=nobody,
        catalog=nobody,
        transport=nobody,
        now=lambda: 1.0,
    )
    outcome = refresh_connection(CONNECTION, deps, seconds_left=lambda: NEEDED - 0.1)
    assert (outcome.result, outcome.connection) == (Result.BUSY, CONNECTION)


def test_the_lease_outlives_all_that_is_done_under_it() -> None:
    assert refresh.LEASE_SECONDS > NEEDED
