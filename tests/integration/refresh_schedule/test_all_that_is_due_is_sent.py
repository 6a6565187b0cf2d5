"""Every minute one message for each connection that is due, over all shards, with ids only."""

import json
import time

from tests.support.aws_relay import aws_relay
from tests.support.connections import SHARDS, Connections

NAMES = [f"c-{number}" for number in range(24)]


def sent(connections: Connections) -> list[str]:
    """Run the schedule; the ids of the connections that it sent."""
    connections.tenant.stack.run_schedule("refresh_schedule")
    return sorted(
        message["connection_id"] for message in connections.tenant.stack.messages("RefreshQueue")
    )


def make_due(connections: Connections, *names: str) -> None:
    for number, name in enumerate(names):
        connections.make(name, refresh={"refresh_at": time.time() - number})


def test_exactly_what_is_due_is_sent_from_every_shard(connections: Connections) -> None:
    make_due(connections, *NAMES)
    connections.make("later", refresh={"refresh_at": time.time() + 60})
    connections.make("dead", refresh={"refresh_at": None, "exhausted": True})
    connections.make("not refreshable", values={"refresh_token": ""})

    assert sent(connections) == sorted(NAMES)

    shards = {item.get("due_shard") for item in connections.tenant.stack.items("ConnectionsTable")}
    assert len(shards - {None}) > SHARDS / 2


def test_a_message_holds_ids_and_nothing_else(connections: Connections) -> None:
    make_due(connections, "c-1")
    sent(connections)
    (message,) = connections.tenant.stack.messages("RefreshQueue")
    assert message == {
        "environment_id": connections.tenant.environment_id,
        "integration_id": "test",
        "connection_id": "c-1",
    }


def test_what_a_worker_has_moved_on_is_not_sent_again(connections: Connections) -> None:
    make_due(connections, "c-1", "c-2")
    assert sent(connections) == ["c-1", "c-2"]
    connections.tenant.stack.run_queue("RefreshQueue")
    assert sent(connections) == []


def test_nothing_due_is_nothing_sent(connections: Connections) -> None:
    connections.make()
    with aws_relay(connections.tenant.stack) as relay:
        assert sent(connections) == []
        assert relay.calls == ["Query"] * SHARDS
        assert {json.loads(body)["IndexName"] for body in relay.bodies} == {"due"}


def test_a_queue_that_takes_nothing_loses_nothing(connections: Connections) -> None:
    make_due(connections, *NAMES)
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["SendMessageBatch"] = "AccessDenied"
        assert sent(connections) == []
    assert sent(connections) == sorted(NAMES)


def test_one_shard_that_cannot_be_read_holds_up_no_other(connections: Connections) -> None:
    make_due(connections, *NAMES)
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["Query"] = "ResourceNotFoundException"

        def first() -> None:
            relay.before["Query"] = relay.fail.clear

        relay.before["Query"] = first
        reached = sent(connections)
    assert 0 < len(reached) < len(NAMES)
    assert set(reached) | set(sent(connections)) == set(NAMES)


def test_it_can_read_no_connection_and_decrypt_nothing(connections: Connections) -> None:
    spec = connections.tenant.stack.aws.stack.functions["refresh_schedule"]
    actions = {action for statement in spec.statements for action in statement.actions}
    assert {action for action in actions if not action.startswith("logs:")} == {
        "dynamodb:Query",
        "sqs:SendMessage",
    }
    (query,) = (each for each in spec.statements if "dynamodb:Query" in each.actions)
    assert all(resource.endswith("/index/due") for resource in query.resources)
