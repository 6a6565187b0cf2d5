"""ConnectionStore's guarantees when several writers come at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from carrick.errors import ConflictError
from carrick.models.connection import Connection, ConnectionKey, RefreshState
from carrick.store.connection_lists import ConnectionLists
from carrick.store.connections import ConnectionStore, Fence, RefreshCommit
from tests.support.stack import RunningStack

THREADS = 16


def connection(name: str = "c", environment_id: str = "e", **changes: Any) -> Connection:
    """A connection whose every field holds something."""
    made = Connection(
        key=ConnectionKey(environment_id, "i", name),
        id=2**53 - 1,
        provider="github",
        auth_mode="OAUTH2",
        created_at=1_700_000_000.123456,
        updated_at=1_700_000_000.5,
        version=7,
        last_fetched_at=1_700_000_001.25,
        expires_at=1_700_003_600.000001,
        refreshable=True,
        expiration_buffer_seconds=30,
        tags={"a": "b"},
        end_user={"id": "u", "organization": {"id": "o"}, "tags": {"t": "1"}},
        metadata={"n": [1, 1.5, None, {"deep": True}], "big": 10**30, "ü": "✓"},
        connection_config={"subdomain": "acme", "flag": False},
        webhook_url_override="https://hooks.example",
        requested_scopes=("a", "b"),
        granted_scopes=("a",),
        account_id="account",
        binding="import",
        refresh=RefreshState(
            refresh_at=1_700_002_700.75,
            last_success_at=1_700_000_000.0,
            last_failure_at=1_699_999_999.9,
            failing_since=1_699_999_000.1,
            attempts=3,
            error_code="x",
            error_operation_id="op",
        ),
        sealed_credentials=b"\x00sealed\xff",
    )
    return replace(made, **changes)


@pytest.fixture
def store(stack: RunningStack) -> ConnectionStore:
    table = stack.aws.table_name("ConnectionsTable")
    return ConnectionStore(stack.aws.client("dynamodb"), table, shards=4, now=time.time)


@pytest.fixture
def lists(stack: RunningStack) -> ConnectionLists:
    return ConnectionLists(stack.aws.client("dynamodb"), stack.aws.table_name("ConnectionsTable"))


def put(store: ConnectionStore, row: Connection) -> Connection:
    store.write(store.put_write(row, replaces=None))
    return row


def at_once(action: Callable[[int], Any]) -> list[Any]:
    """What became of each, all begun at once; a conflict is ``None``."""
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        barrier.wait(20)
        try:
            return action(number) or True
        except ConflictError:
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def leased(store: ConnectionStore, row: Any, owner: str = "me", ends_in: float = 20) -> Any:
    return store.lease(row, owner=owner, until=time.time() + ends_in)


def commit_of(sealed: bytes = b"new") -> RefreshCommit:
    state = RefreshState(refresh_at=1_800_000_000.5, last_success_at=time.time())
    return RefreshCommit(sealed, 1_800_000_000.25, True, ("a",), state)


def test_what_is_stored_is_read(store: ConnectionStore) -> None:
    least = Connection(ConnectionKey("e", "i", "least"), 1, "p", "OAUTH2", 1.0, 2.5)
    for row in (connection(), least):
        assert store.get(put(store, row).key) == row


def test_a_name_is_taken_by_one(store: ConnectionStore) -> None:
    made = at_once(lambda n: put(store, connection(id=n + 1)))
    winners = [row for row in made if row]
    assert len(winners) == 1
    assert store.get(winners[0].key) == winners[0]


def test_names_that_look_alike_are_different_connections(store: ConnectionStore) -> None:
    for environment_id, name in (("a", "b"), ("ab", "b"), ("a", "B"), ("a", "b "), ("a", "b/c")):
        put(store, connection(name, environment_id))
    for name in ("a#b", "a\x00b"):
        with pytest.raises(ValueError, match="separator"):
            put(store, connection(name))


def test_a_lease_has_one_owner(store: ConnectionStore) -> None:
    row = put(store, connection())
    taken = at_once(lambda n: store.lease(row, owner=f"o{n}", until=time.time() + 20) or None)
    owners = [each.refresh.lease_owner for each in taken if isinstance(each, Connection)]
    assert len(owners) == 1
    stored = store.get(row.key)
    assert stored is not None
    assert stored.refresh.lease_owner == owners[0]


def test_a_lease_is_over_after_its_deadline_and_not_at_it(store: ConnectionStore) -> None:
    row = put(store, connection())
    until = 1_900_000_000.0
    client, table = store._client, store._table
    assert store.lease(row, owner="first", until=until) is not None
    held = store.get(row.key)
    assert held is not None
    at_it = ConnectionStore(client, table, now=lambda: until)
    after_it = ConnectionStore(client, table, now=lambda: until + 0.001)
    assert at_it.lease(held, owner="second", until=until + 20) is None
    assert after_it.lease(held, owner="second", until=until + 20) is not None


def test_who_read_before_a_lease_or_a_failure_does_not_get_one_after_it(
    store: ConnectionStore,
) -> None:
    read = put(store, connection())
    first = leased(store, read, ends_in=-1)
    assert leased(store, read, "late") is None  # taken and run out since
    again = leased(store, first, owner="again")
    assert again is not None
    failed = replace(again.refresh, lease_owner="", lease_until=0.0, attempts=4)
    store.write(store.failure_write(Fence.of(again), failed))
    assert leased(store, read, "late") is None  # failed since
    assert leased(store, store.get(read.key), "late") is not None


def test_only_the_owner_commits_and_once(store: ConnectionStore) -> None:
    row = put(store, connection())
    mine = leased(store, row)
    fence = Fence.of(mine)
    for wrong in (
        replace(fence, lease_owner="other"),
        replace(fence, version=6),
        replace(fence, id=1),
        replace(fence, key=replace(fence.key, connection_id="none")),
    ):
        with pytest.raises(ConflictError):
            store.write(store.commit_write(wrong, commit_of()))
    done = at_once(lambda n: store.write(store.commit_write(fence, commit_of(b"%d" % n))))
    assert done.count(True) == 1
    after = store.get(row.key)
    assert after is not None
    assert (after.version, after.refresh.lease_owner) == (8, "")


def test_edits_and_a_commit_never_fail_each_other(store: ConnectionStore) -> None:
    row = put(store, connection())
    mine = leased(store, row)

    def act(number: int) -> None:
        if number == 0:
            store.write(store.commit_write(Fence.of(mine), commit_of()))
        elif number == 1:
            store.write(store.edit_write(row, {"tags": {"new": "tag"}}))
        elif number == 2:
            store.write(store.edit_write(row, {"metadata": '{"m":1}'}))

    assert all(at_once(act)[:3])
    after = store.get(row.key)
    assert after is not None
    assert (after.version, after.tags, after.metadata) == (8, {"new": "tag"}, {"m": 1})
    assert after.sealed_credentials == b"new"


def test_of_edits_of_the_same_thing_one_gets_through(store: ConnectionStore) -> None:
    row = put(store, connection())
    done = at_once(lambda n: store.write(store.edit_write(row, {"tags": {"n": str(n)}})))
    assert done.count(True) == 1


@pytest.mark.parametrize("name", ["tags", "end_user", "metadata", "webhook_url_override"])
def test_a_replacement_does_not_undo_an_edit(store: ConnectionStore, name: str) -> None:
    row = put(store, connection())
    new: Any = {"tags": {"x": "y"}, "end_user": None, "metadata": "{}"}
    store.write(store.edit_write(row, {name: new.get(name)}))
    with pytest.raises(ConflictError):
        store.write(store.put_write(replace(row, version=8), replaces=row))
    current = store.get(row.key)
    assert current is not None
    store.write(store.put_write(replace(current, version=8), replaces=current))


def test_nothing_brings_a_deleted_connection_back(store: ConnectionStore) -> None:
    row = put(store, connection())
    mine = leased(store, row)
    store.write(store.delete_write(mine))
    for member in (
        store.commit_write(Fence.of(mine), commit_of()),
        store.failure_write(Fence.of(mine), row.refresh),
        store.edit_write(row, {"tags": {}}),
        store.put_write(row, replaces=row),
        store.delete_write(row),
    ):
        with pytest.raises(ConflictError):
            store.write(member)
    store.stamp_fetched(row, 1.0)
    assert leased(store, row) is None
    assert store.get(row.key) is None


def test_healthy_or_failing_or_dead_shows_in_the_indexes(
    store: ConnectionStore, stack: RunningStack
) -> None:
    row = put(store, connection(refresh=RefreshState(refresh_at=5.0)))
    keys = ("due_shard", "refresh_at", "error_key", "error_code")

    def indexed() -> list[bool]:
        (item,) = stack.items("ConnectionsTable")
        return [name in item for name in keys]

    assert indexed() == [True, True, False, False]
    mine = leased(store, row)
    state = RefreshState(refresh_at=6.0, error_code="x", error_operation_id="op", attempts=1)
    store.write(store.failure_write(Fence.of(mine), state))
    assert indexed() == [True, True, True, True]
    mine = leased(store, store.get(row.key))
    dead = replace(state, refresh_at=None, exhausted=True, attempts=2)
    store.write(store.failure_write(Fence.of(mine), dead))
    assert indexed() == [False, False, True, True]
    mine = leased(store, store.get(row.key))
    store.write(store.commit_write(Fence.of(mine), commit_of()))
    assert indexed() == [True, True, False, False]


def test_the_longest_waiting_are_due_first_and_a_limit_holds(
    store: ConnectionStore, lists: ConnectionLists
) -> None:
    for number in range(12):
        put(store, connection(f"c{number}", refresh=RefreshState(refresh_at=100.0 - number)))
    found = [
        [key.connection_id for key in lists.due(shard, until=95.0, limit=2)] for shard in range(4)
    ]
    everything = [
        [key.connection_id for key in lists.due(shard, until=95.0, limit=99)] for shard in range(4)
    ]
    assert [each[:2] for each in everything] == found
    names = sorted(name for each in everything for name in each)
    assert names == sorted(f"c{number}" for number in range(5, 12))
    for each in everything:
        assert each == sorted(each, key=lambda name: -int(name[1:]))
