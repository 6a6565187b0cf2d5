"""``DELETE /connections/{id}``: the row, every way to find it, and one event that tells of it."""

from typing import Any

from tests.support.aws_relay import aws_relay
from tests.support.calls import error_of
from tests.support.connections import Connections

FACTS: dict[str, Any] = {
    "tags": {"team": "red", "plan": "pro"},
    "end_user": {"id": "u1", "organization": {"id": "o1"}},
}


def test_nothing_is_left_but_the_event(connections: Connections) -> None:
    connections.make(webhook_url_override="https://hooks.example/own", **FACTS)

    answer = connections.delete()

    assert (answer.status, answer.json()) == (200, {"success": True})
    assert connections.tenant.stack.items("ConnectionsTable") == []
    assert connections.tenant.stack.items("ConnectionTagsTable") == []
    assert connections.read().status == 404
    (event,) = connections.events()
    assert event["operation"] == "deletion"
    assert event["success"] is True
    assert event["connection_id"] == "c-1"
    assert event["tags"] == FACTS["tags"]
    assert event["webhook_url_override"] == "https://hooks.example/own"


def test_a_second_deletion_tells_nothing(connections: Connections) -> None:
    connections.make()
    assert connections.delete().status == 200
    assert error_of(connections.delete()) == (400, "unknown_connection")
    assert connections.told() == [("deletion", True)]


def test_the_integration_is_named_too(connections: Connections) -> None:
    connections.tenant.integrate("other")
    connections.make(integration="other")
    assert error_of(connections.delete()) == (400, "unknown_connection")
    assert error_of(connections.tenant.call("DELETE", "/connections/c-1")) == (
        400,
        "invalid_query_params",
    )
    assert connections.stored(integration="other").id


def test_tags_that_change_meanwhile_leave_no_row_behind(connections: Connections) -> None:
    connections.make(**FACTS)
    with aws_relay(connections.tenant.stack) as relay:
        relay.before["TransactWriteItems"] = lambda: connections.patch({"tags": {"new": "tag"}})
        assert connections.delete().status == 200

    assert connections.tenant.stack.items("ConnectionTagsTable") == []
    (event,) = connections.events()
    assert event["tags"] == {"new": "tag"}


def test_a_later_connection_of_the_same_name_is_another_one(connections: Connections) -> None:
    first = connections.make(**FACTS)
    with aws_relay(connections.tenant.stack) as relay:

        def replaced() -> None:
            connections.store.write(
                connections.store.delete_write(first), *connections.tags.deletes(first)
            )
            connections.make(tags={"new": "one"})

        relay.before["TransactWriteItems"] = replaced
        assert connections.delete().status == 200

    # The name was free and taken again in between: the request then meant the new one.
    (event,) = connections.events()
    assert event["tags"] == {"new": "one"}
    assert connections.tenant.stack.items("ConnectionTagsTable") == []
