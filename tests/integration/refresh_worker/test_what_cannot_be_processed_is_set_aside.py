"""A message that fails is read again, its neighbours are done; five times is enough."""

import json
import time

from tests.support.aws_relay import aws_relay
from tests.support.connections import Connections


def message(connections: Connections, name: str) -> dict[str, str]:
    return {
        "environment_id": connections.tenant.environment_id,
        "integration_id": "test",
        "connection_id": name,
    }


def due(connections: Connections, *names: str) -> None:
    for name in names:
        connections.make(name, expires_in=60, refresh={"refresh_at": time.time() - 1})
        connections.tenant.stack.send("RefreshQueue", message(connections, name))


def test_only_what_failed_stays(connections: Connections) -> None:
    stack = connections.tenant.stack
    due(connections, "good")
    stack.send("RefreshQueue", "no message of ours")
    stack.send("RefreshQueue", {**message(connections, "x"), "status": "more than we know"})
    stack.send("RefreshQueue", {**message(connections, "x"), "connection_id": "a#b"})

    done = stack.run_queue("RefreshQueue")

    assert [json.loads(each["Body"]) for each in done] == [message(connections, "good")]
    assert len(stack.queued("RefreshQueue")) == 3
    assert len(connections.server.refreshes()) == 1


def test_after_five_times_it_is_in_the_dead_letter_queue(connections: Connections) -> None:
    stack = connections.tenant.stack
    stack.send("RefreshQueue", "poison")
    for _ in range(5):
        assert len(stack.queued("RefreshQueue")) == 1
        assert stack.run_queue("RefreshQueue") == []
        stack.show_messages("RefreshQueue")
    assert stack.run_queue("RefreshQueue") == []
    assert stack.queued("RefreshQueue") == []
    (dead,) = stack.queued("RefreshDeadLetterQueue")
    assert dead.body == "poison"


def test_an_item_of_a_later_format_is_not_guessed_at(connections: Connections) -> None:
    due(connections, "c-1")
    stack = connections.tenant.stack
    pk = f"{connections.tenant.environment_id}#test#c-1"
    stack.update("ConnectionsTable", {"pk": pk}, format=2)

    assert stack.run_queue("RefreshQueue") == []
    assert connections.read().status == 500

    assert connections.server.requests == []
    stack.update("ConnectionsTable", {"pk": pk}, format=1)
    stack.show_messages("RefreshQueue")
    assert len(stack.run_queue("RefreshQueue")) == 1
    assert connections.stored().version == 2


def test_while_kms_is_down_nothing_is_asked_and_nothing_changes(connections: Connections) -> None:
    due(connections, "c-1")
    before = connections.stored()
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["Decrypt"] = "KMSInternalException"
        assert connections.tenant.stack.run_queue("RefreshQueue") == []
    assert connections.server.requests == []
    assert connections.stored() == before
    assert connections.told() == []
    assert connections.due() == {"c-1"}


def test_a_failure_that_cannot_be_recorded_is_tried_again(connections: Connections) -> None:
    connections.server.switches.refresh_answer = (503, {}, b"")
    due(connections, "c-1")
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["TransactWriteItems"] = "AccessDeniedException"
        assert connections.tenant.stack.run_queue("RefreshQueue") == []
    assert len(connections.tenant.stack.queued("RefreshQueue")) == 1
    assert connections.told() == []
