"""Reads while somebody else refreshes, in an invocation that has little time left.

The store is the real one over a client that gives one item; time is the test's.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from carrick.crypto.envelope import Envelope
from carrick.domain.refresh import Outcome, Result
from carrick.domain.token_reads import Dependencies, read_connection
from carrick.domain.vault import Vault
from carrick.errors import RefreshError
from carrick.models.connection import Connection, ConnectionKey, RefreshState
from carrick.models.credentials import Credentials
from carrick.store.connection_items import to_item
from carrick.store.connections import ConnectionStore
from tests.support.kms import FakeKms

NOW = 1_800_000_000.0
KEY = ConnectionKey("e", "i", "c")


class OneItem:
    """A DynamoDB that holds one connection and takes every update without doing it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.reads = 0

    def get_item(self, **_: Any) -> dict[str, Any]:
        self.reads += 1
        return {"Item": to_item(self.connection, 1)}

    def update_item(self, **_: Any) -> dict[str, Any]:
        return {}


class Reader:
    """Reads one connection. ``seconds`` are what is left at each time of asking."""

    def __init__(
        self,
        *,
        expires_in: float,
        lease_ends_in: float = -1.0,
        seconds: Callable[[], Iterator[float]] = lambda: iter([29.0] * 99),
    ) -> None:
        vault = Vault(Envelope(kms=FakeKms(), key_arn="arn", now=lambda: NOW))
        sealed = vault.seal_credentials(KEY, Credentials("OAUTH2", {"access_token": "t"}))
        owner = "other" if lease_ends_in > 0 else ""
        self.connection = Connection(
            key=KEY,
            id=1,
            provider="p",
            auth_mode="OAUTH2",
            created_at=NOW,
            updated_at=NOW,
            last_fetched_at=NOW,
            expires_at=NOW + expires_in,
            refreshable=True,
            refresh=RefreshState(lease_owner=owner, lease_until=NOW + lease_ends_in),
            sealed_credentials=sealed,
        )
        self.client = OneItem(self.connection)
        self.asked: list[dict[str, Any]] = []
        self._left = seconds()
        self._deps = Dependencies(
            connections=ConnectionStore(self.client, "t", now=lambda: NOW),
            vault=vault,
            refresh=self._refresh,
            now=lambda: NOW,
        )

    def _refresh(self, connection: Connection, **options: Any) -> Outcome:
        self.asked.append(options)
        return Outcome(Result.BUSY, connection)

    def read(self, *, force: bool = False) -> Any:
        return read_connection(
            KEY, self._deps, seconds_left=lambda: next(self._left), force_refresh=force
        )


def test_who_has_no_time_to_wait_is_told_that_a_refresh_runs() -> None:
    reader = Reader(expires_in=-1, lease_ends_in=10, seconds=lambda: iter([2.0]))
    found = reader.read()
    assert isinstance(found.error, RefreshError)
    assert (found.error.code, found.credentials) == ("refresh_in_progress", None)
    assert reader.client.reads == 1


def test_who_has_some_looks_again_until_it_is_used_up() -> None:
    reader = Reader(expires_in=-1, lease_ends_in=10, seconds=lambda: iter([2.2, 2.15, 2.0]))
    assert reader.read().error.code == "refresh_in_progress"
    assert reader.client.reads == 3
    assert reader.asked == []


@pytest.mark.parametrize("lease_ends_in", [10, -1])
def test_a_token_that_still_works_is_not_waited_for_whoever_is_busy(lease_ends_in: float) -> None:
    reader = Reader(expires_in=60, lease_ends_in=lease_ends_in, seconds=lambda: iter([]))
    found = reader.read()
    assert (found.error, found.credentials.access_token) == (None, "t")
    assert reader.client.reads == 1


def test_who_forces_it_waits_even_so() -> None:
    reader = Reader(expires_in=60, lease_ends_in=10, seconds=lambda: iter([2.2, 2.0]))
    found = reader.read(force=True)
    assert (found.error.code, found.credentials) == ("refresh_in_progress", None)
    assert reader.client.reads == 2


def test_a_lease_that_ran_out_is_tried_for() -> None:
    reader = Reader(expires_in=-1, lease_ends_in=-1, seconds=lambda: iter([2.2, 2.0]))
    assert reader.read().error.code == "refresh_in_progress"
    assert len(reader.asked) == 2
