"""Journaled credentials are applied unless there are newer ones, whatever old tokens met since."""

import time
from dataclasses import replace
from typing import Any

from tests.support.connections import Connections

NEW = "canary-secret-access-from-the-journal"
FAILED = {"error_code": "invalid_grant", "error_operation_id": "op_1", "attempts": 1}


def leased(connections: Connections, *, ends_in: float = 15.0, **more: Any) -> Any:
    lease = {"lease_owner": "lease_mine", "lease_until": time.time() + ends_in}
    return connections.make(expires_in=-1, refresh=lease, **more)


def now_as(connections: Connections, **attributes: Any) -> None:
    """What another attempt left in the item."""
    pk = f"{connections.tenant.environment_id}#test#c-1"
    connections.tenant.stack.update("ConnectionsTable", {"pk": pk}, **attributes)


def run(connections: Connections) -> int:
    """Consume the queue once; how many messages are left in it."""
    connections.tenant.stack.run_queue("RefreshJournalQueue")
    return len(connections.tenant.stack.queued("RefreshJournalQueue"))


def test_it_is_applied_under_the_lease_it_was_made_with(connections: Connections) -> None:
    connections.journal.send(connections.journaled(leased(connections), NEW))
    assert run(connections) == 0
    after = connections.stored()
    assert connections.access_token() == NEW
    assert (after.version, after.granted_scopes, after.refresh.lease_owner) == (2, ("read",), "")
    assert connections.due(within_seconds=3600) == {"c-1"}
    assert connections.told() == []


def test_a_failure_with_the_old_token_does_not_outdo_it(connections: Connections) -> None:
    connections.journal.send(connections.journaled(leased(connections), NEW))
    now_as(connections, lease_owner="", lease_until=0.0, **FAILED)
    assert run(connections) == 0
    assert connections.access_token() == NEW
    (event,) = connections.events()
    assert (event["operation"], event["success"]) == ("refresh", True)
    assert event["operation_id"] == "op_1"


def test_neither_does_the_end_that_was_declared(connections: Connections) -> None:
    connections.journal.send(connections.journaled(leased(connections), NEW))
    uncertain = {**FAILED, "error_code": "refresh_uncertain", "exhausted": True}
    gone = {"refresh_at": None, "due_shard": None}
    now_as(connections, lease_owner="", lease_until=0.0, **uncertain, **gone)
    assert run(connections) == 0
    assert connections.stored().refresh.exhausted is False
    assert connections.due(within_seconds=3600) == {"c-1"}
    assert connections.read().json()["credentials"]["access_token"] == NEW


def test_nor_does_a_lease_that_ran_out(connections: Connections) -> None:
    connections.journal.send(connections.journaled(leased(connections), NEW))
    now_as(connections, lease_owner="lease_other", lease_until=time.time() - 1)
    assert run(connections) == 0
    assert connections.access_token() == NEW


def test_an_attempt_that_runs_is_waited_for(connections: Connections) -> None:
    connections.journal.send(connections.journaled(leased(connections), NEW))
    now_as(connections, lease_owner="lease_other", lease_until=time.time() + 15)
    assert run(connections) == 1
    assert connections.stored().version == 1

    now_as(connections, lease_owner="", lease_until=0.0, **FAILED)
    connections.tenant.stack.show_messages("RefreshJournalQueue")
    assert run(connections) == 0
    assert connections.access_token() == NEW


def test_newer_credentials_win(connections: Connections) -> None:
    made = leased(connections)
    connections.journal.send(connections.journaled(made, NEW))
    newer = replace(made, version=2, expires_at=time.time() + 3600)
    connections.store.write(connections.store.put_write(newer, replaces=made))
    assert run(connections) == 0
    assert connections.stored() == newer


def test_applying_it_twice_is_applying_it_once(connections: Connections) -> None:
    entry = connections.journaled(leased(connections), NEW)
    connections.journal.send(entry)
    connections.journal.send(entry)
    assert run(connections) == 1
    assert run(connections) == 0
    assert connections.stored().version == 2


def test_a_deleted_connection_stays_deleted(connections: Connections) -> None:
    connections.journal.send(connections.journaled(leased(connections), NEW))
    connections.delete()
    assert run(connections) == 0
    assert connections.tenant.stack.items("ConnectionsTable") == []


def test_another_connection_of_the_same_name_is_left_alone(connections: Connections) -> None:
    connections.journal.send(connections.journaled(leased(connections), NEW))
    connections.delete()
    connections.make()
    assert run(connections) == 0
    assert connections.stored().version == 1
    assert connections.access_token() != NEW


def test_what_cannot_be_read_stays_for_the_operator(connections: Connections) -> None:
    connections.tenant.stack.send("RefreshJournalQueue", "no journal entry")
    assert run(connections) == 1
    (message,) = connections.tenant.stack.queued("RefreshJournalQueue")
    assert message.hidden_seconds > 60


def test_the_function_can_neither_decrypt_nor_delete(connections: Connections) -> None:
    aws = connections.tenant.stack.aws
    spec = aws.stack.functions["refresh_journal"]
    actions = {action for statement in spec.statements for action in statement.actions}
    assert not any(action.startswith("kms:") for action in actions)
    assert actions & {f"dynamodb:{name}" for name in ("DeleteItem", "Query", "Scan")} == set()
