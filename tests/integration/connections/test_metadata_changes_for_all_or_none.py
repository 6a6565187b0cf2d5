"""``POST`` and ``PATCH /connections/metadata`` (contract §7.6)."""

from typing import Any

from tests.support.aws_relay import aws_relay
from tests.support.calls import error_of
from tests.support.connections import Connections
from tests.support.stack import Response


def change(
    connections: Connections, method: str, connection_id: Any, metadata: dict[str, Any]
) -> Response:
    body = {
        "connection_id": connection_id,
        "provider_config_key": "test",
        "metadata": metadata,
    }
    return connections.tenant.call(method, "/connections/metadata", body)


def test_post_replaces_and_echoes(connections: Connections) -> None:
    connections.make(metadata={"a": 1, "b": 2})
    answer = change(connections, "POST", "c-1", {"b": {"deep": [1.5, "ü", None]}})
    assert answer.status == 201
    assert answer.json() == {
        "connection_id": "c-1",
        "provider_config_key": "test",
        "metadata": {"b": {"deep": [1.5, "ü", None]}},
    }
    assert connections.read().json()["metadata"] == {"b": {"deep": [1.5, "ü", None]}}


def test_patch_merges_the_first_level(connections: Connections) -> None:
    connections.make(metadata={"a": 1, "b": {"x": 1}})
    answer = change(connections, "PATCH", "c-1", {"b": {"y": 2}, "c": 3})
    assert answer.status == 200
    assert connections.read().json()["metadata"] == {"a": 1, "b": {"y": 2}, "c": 3}


def test_a_hundred_change_together(connections: Connections) -> None:
    names = [f"c-{number}" for number in range(100)]
    for name in names:
        connections.make(name)
    answer = change(connections, "POST", names, {"all": True})
    assert (answer.status, answer.json()["connection_id"]) == (201, names)
    assert all(connections.stored(name).metadata == {"all": True} for name in names)


def test_naming_one_twice_is_naming_it_once(connections: Connections) -> None:
    connections.make()
    assert change(connections, "PATCH", ["c-1", "c-1"], {"a": 1}).status == 200
    assert connections.stored().metadata == {"a": 1}


def test_one_unknown_id_changes_nothing(connections: Connections) -> None:
    connections.make("known", metadata={"a": 1})
    for method in ("POST", "PATCH"):
        answer = change(connections, method, ["known", "unknown"], {"a": 2})
        assert error_of(answer) == (404, "unknown_connection")
    assert connections.stored("known").metadata == {"a": 1}


def test_one_that_is_deleted_meanwhile_changes_nothing(connections: Connections) -> None:
    connections.make("stays", metadata={"a": 1})
    connections.make("goes")
    key = connections.key("goes")
    gone = connections.stored("goes")
    with aws_relay(connections.tenant.stack) as relay:
        relay.before["TransactWriteItems"] = lambda: connections.store.write(
            connections.store.delete_write(gone), *connections.tags.deletes(gone)
        )
        answer = change(connections, "POST", ["stays", "goes"], {"a": 2})
    assert error_of(answer) == (404, "unknown_connection")
    assert connections.stored("stays").metadata == {"a": 1}
    assert connections.store.get(key) is None


def test_metadata_cannot_grow_until_a_refresh_has_no_room(connections: Connections) -> None:
    connections.make()
    chunk = "x" * 16_000
    assert change(connections, "PATCH", "c-1", {"a": chunk}).status == 200
    assert change(connections, "PATCH", "c-1", {"b": chunk}).status == 200
    answer = change(connections, "PATCH", "c-1", {"c": chunk})
    assert error_of(answer) == (413, "payload_too_large")
    assert set(connections.stored().metadata) == {"a", "b"}


def test_two_merges_at_once_both_count(connections: Connections) -> None:
    connections.make()
    with aws_relay(connections.tenant.stack) as relay:
        relay.before["UpdateItem"] = lambda: change(connections, "PATCH", "c-1", {"other": 1})
        assert change(connections, "PATCH", "c-1", {"mine": 1}).status == 200
    assert connections.stored().metadata == {"mine": 1, "other": 1}
