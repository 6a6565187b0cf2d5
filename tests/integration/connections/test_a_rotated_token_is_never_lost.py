"""The provider has rotated, and what should store the new token fails: it is found all the same."""

from collections.abc import Callable

from tests.support.aws_relay import AwsRelay, aws_relay
from tests.support.connections import Connections

NEW = "canary-secret-access-1"


def once_leased(relay: AwsRelay, act: Callable[[], object]) -> None:
    """Do this just before the write that follows the lease."""

    def lease() -> None:
        relay.before["UpdateItem"] = act

    relay.before["UpdateItem"] = lease


def test_a_commit_that_is_refused_goes_to_the_journal_sealed(connections: Connections) -> None:
    connections.make(expires_in=-1)
    with aws_relay(connections.tenant.stack) as relay:
        once_leased(relay, lambda: relay.fail.update(UpdateItem="AccessDeniedException"))
        answer = connections.read()

    # Who waited for it has it, though it is not stored yet.
    assert answer.json()["credentials"]["access_token"] == NEW
    (message,) = connections.tenant.stack.queued("RefreshJournalQueue")
    assert "canary" not in message.body
    assert set(message.json()) == {
        "environment_id",
        "integration_id",
        "connection_id",
        "id",
        "version",
        "lease_owner",
        "sealed_credentials",
        "expires_at",
        "refreshable",
        "granted_scopes",
        "refreshed_at",
        "refresh_at",
    }

    connections.tenant.stack.run_queue("RefreshJournalQueue")

    assert connections.read().json()["credentials"]["access_token"] == NEW
    assert connections.stored().version == 2
    assert connections.due(within_seconds=3600) == {"c-1"}
    assert len(connections.server.refreshes()) == 1
    assert connections.tenant.stack.queued("RefreshJournalQueue") == []


def test_what_recovers_through_the_journal_is_told(connections: Connections) -> None:
    failing = {"error_code": "x", "error_operation_id": "op_1", "attempts": 2}
    connections.make(expires_in=-1, refresh=failing)
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["TransactWriteItems"] = "AccessDeniedException"
        assert connections.read(query="&force_refresh=true").status == 200
    connections.tenant.stack.run_queue("RefreshJournalQueue")

    (event,) = connections.events()
    assert (event["operation"], event["success"]) == ("refresh", True)
    assert (event["operation_id"], event["version"]) == ("op_1", 2)
    assert connections.read().json()["errors"] == []


def test_when_the_journal_fails_too_the_caller_has_the_token_and_it_is_loud(
    connections: Connections,
) -> None:
    connections.make(expires_in=-1)
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["SendMessage"] = "AccessDeniedException"
        once_leased(relay, lambda: relay.fail.update(UpdateItem="AccessDeniedException"))
        answer = connections.read()
    assert answer.json()["credentials"]["access_token"] == NEW
    # The lease was not given back: the next attempt knows that one was sent.
    assert connections.stored().refresh.lease_owner != ""


def test_kms_going_down_while_the_provider_answers_costs_nothing(
    connections: Connections,
) -> None:
    connections.make(expires_in=-1)
    with aws_relay(connections.tenant.stack) as relay:
        connections.server.switches.before_answer = lambda: relay.fail.update(
            Decrypt="KMSInternalException", GenerateDataKey="KMSInternalException"
        )
        assert connections.read().status == 200
    assert connections.access_token() == NEW
    assert connections.stored().version == 2


def test_a_commit_whose_answer_is_lost_is_no_conflict(connections: Connections) -> None:
    connections.make(expires_in=-1)
    with aws_relay(connections.tenant.stack) as relay:
        once_leased(relay, lambda: relay.lose.add("UpdateItem"))
        answer = connections.read()
    assert answer.json()["credentials"]["access_token"] == NEW
    assert connections.stored().version == 2
    assert connections.tenant.stack.queued("RefreshJournalQueue") == []


def test_a_lease_whose_answer_is_lost_is_ours(connections: Connections) -> None:
    connections.make(expires_in=-1)
    with aws_relay(connections.tenant.stack) as relay:
        relay.lose.add("UpdateItem")
        answer = connections.read()
    assert answer.json()["credentials"]["access_token"] == NEW
    assert len(connections.server.refreshes()) == 1
    assert connections.stored().refresh.lease_owner == ""


def test_a_commit_waits_for_a_transaction_on_the_same_connection(
    connections: Connections,
) -> None:
    connections.make(expires_in=-1)
    with aws_relay(connections.tenant.stack) as relay:

        def held() -> None:
            relay.fail["UpdateItem"] = "TransactionConflictException"
            relay.before["UpdateItem"] = relay.fail.clear

        once_leased(relay, held)
        assert connections.read().status == 200
    assert connections.access_token() == NEW
    assert connections.tenant.stack.queued("RefreshJournalQueue") == []


def test_a_commit_that_comes_after_its_lease_was_taken_over_is_journaled(
    connections: Connections,
) -> None:
    connections.make(expires_in=-1)

    def taken_over() -> None:
        row = connections.stored()
        pk = f"{row.key.environment_id}#test#c-1"
        connections.tenant.stack.update("ConnectionsTable", {"pk": pk}, lease_owner="lease_other")

    connections.server.switches.before_answer = taken_over

    assert connections.read().json()["credentials"]["access_token"] == NEW
    assert len(connections.tenant.stack.queued("RefreshJournalQueue")) == 1


def test_a_dead_connection_is_not_made_due_again_by_a_read(connections: Connections) -> None:
    connections.make(expires_in=3600, last_fetched_at=None)
    dead = {"exhausted": True, "error_code": "invalid_grant", "attempts": 2}
    with aws_relay(connections.tenant.stack) as relay:

        def dies() -> None:
            pk = f"{connections.tenant.environment_id}#test#c-1"
            gone = {"refresh_at": None, "due_shard": None}
            connections.tenant.stack.update("ConnectionsTable", {"pk": pk}, **dead, **gone)

        relay.before["UpdateItem"] = dies  # between the read and the stamp
        assert connections.read().status == 200
    assert connections.due(within_seconds=10 * 86_400) == set()
    assert connections.stored().refresh.exhausted is True
