from dataclasses import replace

from carrick.domain import auth_events
from carrick.errors import FlowError
from carrick.models.events import Operation
from tests.support.flow_facts import EXISTING, FLOW, NOW


def test_a_new_and_a_renewed_connection_are_told_apart() -> None:
    for replaced, operation in ((False, Operation.CREATION), (True, Operation.OVERRIDE)):
        event = auth_events.connected(EXISTING, replaced=replaced, operation_id="op_1", now=NOW)
        assert (event.operation, event.success) == (operation, True)
        assert (event.tags, event.end_user) == (EXISTING.tags, EXISTING.end_user)
        assert event.webhook_url_override == EXISTING.webhook_url_override
        assert event.version == EXISTING.version


def test_a_failure_says_why_and_belongs_to_no_connection() -> None:
    error = FlowError("no " * 400, code="account_mismatch")
    event = auth_events.not_connected(FLOW, error, override="https://a.b/c", now=NOW)

    assert (event.operation, event.success) == (Operation.CREATION, False)
    assert (event.error_type, len(event.error_description)) == ("account_mismatch", 300)
    assert (event.tags, event.end_user) == (None, None)
    assert event.webhook_url_override == "https://a.b/c"
    assert (event.integration_id, event.connection_id) == (FLOW.integration_id, FLOW.connection_id)


def test_an_answer_without_a_code_has_the_contracts_name() -> None:
    event = auth_events.not_connected(FLOW, FlowError("x"), override=None, now=NOW)
    assert event.error_type == "invalid_callback"


def test_a_failed_renewal_is_an_override() -> None:
    flow = replace(FLOW, is_reconnect=True)
    event = auth_events.not_connected(flow, FlowError("x"), override=None, now=NOW)
    assert (event.operation, event.success) == (Operation.OVERRIDE, False)


def test_no_two_events_have_one_id() -> None:
    events = [
        auth_events.not_connected(FLOW, FlowError("x"), override=None, now=NOW) for _ in range(100)
    ]
    assert len({event.event_id for event in events}) == 100
