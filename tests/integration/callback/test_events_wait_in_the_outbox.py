"""Design §5: the event commits with the change, and a failure has one too."""

from carrick.clock import parse_iso
from tests.support.authorization_server import AuthorizationServer
from tests.support.browser import Browser
from tests.support.tenant import Tenant

WHO = {
    "end_user": {"id": "u1", "email": "a@b.co"},
    "organization": {"id": "o1"},
    "tags": {"plan": "pro"},
    "webhook_url_override": "https://hooks.example.com/one",
}


def test_a_creation_tells_who_and_what(tenant: Tenant, server: AuthorizationServer) -> None:
    connection_id = tenant.connect(server, **WHO)
    (session,) = tenant.stack.items("SessionsTable")
    (event,) = tenant.stack.items("OutboxTable")

    expected = {
        "environment_id": tenant.environment_id,
        "operation": "creation",
        "success": True,
        "integration_id": "test",
        "connection_id": connection_id,
        "provider": "test-provider",
        "auth_mode": "OAUTH2",
        "operation_id": session["operation_id"],
        "tags": {
            "plan": "pro",
            "end_user_id": "u1",
            "end_user_email": "a@b.co",
            "organization_id": "o1",
        },
        "end_user": {
            "id": "u1",
            "email": "a@b.co",
            "tags": {},
            "organization": {"id": "o1"},
        },
        "webhook_url_override": "https://hooks.example.com/one",
        "version": 1,
    }
    assert {name: event[name] for name in expected} == expected
    assert event["pk"].startswith("msg_")
    ended_at = session["result"].pop("ended_at")
    assert 0 <= parse_iso(ended_at) - int(session["created_at"]) < 60
    assert session["result"] == {
        "status": "success",
        "integration_id": "test",
        "connection_id": connection_id,
    }


def test_a_failure_tells_why_and_goes_where_the_session_says(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start(tenant.session(**WHO))
    (flow,) = tenant.stack.items("FlowsTable")
    browser.deny(error="access_denied")
    (event,) = tenant.stack.items("OutboxTable")

    expected = {
        "operation": "creation",
        "success": False,
        "integration_id": "test",
        "connection_id": flow["connection_id"],
        "operation_id": flow["operation_id"],
        "error_type": "invalid_callback",
        "webhook_url_override": "https://hooks.example.com/one",
        "version": 0,
    }
    assert {name: event[name] for name in expected} == expected
    assert not {"tags", "end_user"} & event.keys()
    assert tenant.stack.items("ConnectionsTable") == []


def test_both_are_relayed(tenant: Tenant, server: AuthorizationServer) -> None:
    tenant.connect(server, **WHO)
    Browser(tenant).start(tenant.session(**WHO)).deny(error="access_denied")
    tenant.stack.run_stream("OutboxTable")

    ids = {event["pk"] for event in tenant.stack.items("OutboxTable")}
    assert len(ids) == 2
    assert {message["event_id"] for message in tenant.stack.messages("WebhookQueue")} == ids


def test_a_reader_that_polls_sees_how_it_ended_last(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    token = tenant.session()
    Browser(tenant).start(token).deny(error="access_denied")
    browser = Browser(tenant).start(token)
    assert browser.back(browser.approve(server)).status == 200
    (session,) = tenant.stack.items("SessionsTable")
    assert session["result"]["status"] == "success"
