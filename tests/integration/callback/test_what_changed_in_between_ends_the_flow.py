"""Requirement 24, and contract §14.2 (10): a session that ended ends its flows."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.support.authorization_server import CLIENT_SECRET, AuthorizationServer
from tests.support.aws_relay import aws_relay
from tests.support.browser import Browser
from tests.support.calls import call
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

Change = Callable[[Tenant, str], object]


def told(tenant: Tenant) -> list[str]:
    """What a customer's events say went wrong; none says that anything was made."""
    events = tenant.stack.items("OutboxTable")
    own = [event for event in events if event["environment_id"] == tenant.environment_id]
    assert not any(event["success"] for event in own)
    return [event["error_type"] for event in own]


def session_of(tenant: Tenant) -> dict[str, Any]:
    """The key of the session that was made last."""
    sessions = tenant.stack.items("SessionsTable")
    own = [session for session in sessions if session["environment_id"] == tenant.environment_id]
    return {"pk": max(own, key=lambda session: session["created_at"])["pk"]}


def delete_session(tenant: Tenant, token: str) -> None:
    assert call(tenant.stack, token, "DELETE", "/connect/session").status == 204


def end_session(tenant: Tenant, token: str) -> None:
    tenant.stack.update("SessionsTable", session_of(tenant), expires_at=time.time() - 1)


def narrow_session(tenant: Tenant, token: str) -> None:
    tenant.stack.update("SessionsTable", session_of(tenant), allowed_integrations=["other"])


def delete_integration(tenant: Tenant, token: str) -> None:
    assert tenant.call("DELETE", "/integrations/test").status == 200


def rename_integration(tenant: Tenant, token: str) -> None:
    changed = tenant.call("PATCH", "/integrations/test", {"unique_key": "renamed"})
    assert changed.status == 200


def change_client(tenant: Tenant, token: str) -> None:
    credentials = {"type": "OAUTH2", "client_id": "another", "client_secret": CLIENT_SECRET}
    changed = tenant.call("PATCH", "/integrations/test", {"credentials": credentials})
    assert changed.status == 200


def make_integration_anew(tenant: Tenant, token: str) -> None:
    delete_integration(tenant, token)
    tenant.integrate(provider="github")


CHANGES: list[tuple[Change, str]] = [
    (delete_session, "session_ended"),
    (end_session, "session_ended"),
    (narrow_session, "session_ended"),
    (delete_integration, "provider_config_err"),
    (rename_integration, "provider_config_err"),
    (change_client, "provider_config_err"),
    (make_integration_anew, "provider_config_err"),
]


def test_before_the_browser_is_back(stack: RunningStack, server: AuthorizationServer) -> None:
    for number, (change, error_type) in enumerate(CHANGES):
        tenant = Tenant(stack, name=f"customer-{number}")
        tenant.integrate()
        token = tenant.session()
        browser = Browser(tenant).start(token)
        url = browser.approve(server)
        change(tenant, token)

        assert browser.back(url).status == 400
        assert told(tenant) == [error_type]
    assert server.requests == []
    assert stack.items("ConnectionsTable") == []


def test_while_the_provider_answers(tenant: Tenant, server: AuthorizationServer) -> None:
    for change in (delete_session, end_session):
        token = tenant.session()
        browser = Browser(tenant).start(token)
        server.switches.before_answer = partial(change, tenant, token)
        answer = browser.back(browser.approve(server))
        assert (answer.status, "session has ended" in answer.text) == (400, True)
    assert tenant.stack.items("ConnectionsTable") == []
    assert tenant.stack.items("ConnectionTagsTable") == []
    assert told(tenant) == ["session_ended"] * 2


def test_at_the_last_moment(tenant: Tenant, server: AuthorizationServer) -> None:
    token = tenant.session()
    browser = Browser(tenant).start(token)
    url = browser.approve(server)
    with aws_relay(tenant.stack) as relay:
        relay.before["TransactWriteItems"] = lambda: delete_session(tenant, token)
        assert browser.back(url).status == 400
    assert tenant.stack.items("ConnectionsTable") == []
    assert [event["success"] for event in tenant.stack.items("OutboxTable")] == [False]


def test_a_secret_that_was_rotated_is_used(tenant: Tenant, server: AuthorizationServer) -> None:
    browser = Browser(tenant).start()
    credentials = {
        "type": "OAUTH2",
        "client_id": "test-client",
        "client_secret": "canary-secret-rotated",
    }
    tenant.call("PATCH", "/integrations/test", {"credentials": credentials})
    assert browser.back(browser.approve(server)).status == 200
    assert server.exchanges()[0].params["client_secret"] == "canary-secret-rotated"


def test_a_connection_that_was_deleted_is_not_brought_back(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    path = f"/connections/{tenant.connect(server)}?provider_config_key=test"
    connection_id = path.partition("?")[0].rpartition("/")[2]

    before = Browser(tenant).start(tenant.reconnect_session(connection_id))
    during = Browser(tenant).start(tenant.reconnect_session(connection_id))
    url = during.approve(server)
    with aws_relay(tenant.stack) as relay:
        relay.before["TransactWriteItems"] = lambda: tenant.call("DELETE", path)
        answers = during.back(url), before.back(before.approve(server))

    for answer in answers:
        assert answer.status == 400
        assert "was deleted" in answer.text
    assert tenant.stack.items("ConnectionsTable") == []
    assert tenant.stack.items("ConnectionTagsTable") == []


def test_nor_is_one_of_the_same_name_taken_for_it(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server)
    browser = Browser(tenant).start(tenant.reconnect_session(connection_id))
    (item,) = tenant.stack.items("ConnectionsTable")
    tenant.stack.update("ConnectionsTable", {"pk": item["pk"]}, id=item["id"] + 1)
    answer = browser.back(browser.approve(server))

    assert answer.status == 400
    assert "was deleted" in answer.text
    assert server.exchanges()[1:] == []
