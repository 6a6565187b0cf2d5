"""Requirements 19, 20 and 21: an authorization waits where no API reads, for the application."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from carrick.models.environment import hash_token
from carrick.oauth.pkce import code_challenge
from tests.support.authorization_server import CLIENT_SECRET, AuthorizationServer
from tests.support.browser import Browser
from tests.support.calls import call
from tests.support.stack import Response
from tests.support.tenant import Tenant

RETURN_URL = "https://app.example/connected?tab=2"
VERIFIER = "v" * 43
CONFIRM = "/connect/sessions/confirm"


@dataclass
class Asking:
    """An application that asks for a word, and the session that it made."""

    tenant: Tenant
    token: str
    session_id: str

    def confirm(self, code: str, **more: str) -> Response:
        body = {"session_id": self.session_id, "confirm_code": code, **more}
        return self.tenant.call("POST", CONFIRM, body)

    def result(self) -> Any:
        answer = call(self.tenant.stack, self.token, "GET", "/connect/session")
        return answer.json()["data"].get("result")


def asking(tenant: Tenant, path: str = "/connect/sessions", **body: Any) -> Asking:
    asked = {"end_user": {"id": "u1"}, "return_url": RETURN_URL, "confirm_required": True, **body}
    answer = tenant.call("POST", path, asked)
    assert answer.status == 201, answer.text
    data = answer.json()["data"]
    return Asking(tenant, data["token"], data["session_id"])


def page_of(response: Response) -> Any:
    """What the last page's script works with."""
    found = re.search(r'id="message">(.*?)</script>', response.text)
    assert found is not None
    return json.loads(found[1])


def ended(asked: Asking, server: AuthorizationServer) -> str:
    """A person approves in a browser of their own: the confirm code that it is sent back with."""
    browser = Browser(asked.tenant).start(asked.token)
    page = page_of(browser.back(browser.approve(server)))
    return str(page["message"]["confirmCode"])


def connections(tenant: Tenant) -> list[Any]:
    rows: list[Any] = tenant.call("GET", "/connections").json()["connections"]
    return rows


def refused(response: Response, code: str = "invalid_confirmation") -> None:
    assert response.status == 400, response.text
    assert response.json()["error"]["code"] == code


def test_without_the_word_nothing_can_be_read(tenant: Tenant, server: AuthorizationServer) -> None:
    asked = asking(tenant)
    ended(asked, server)

    result = asked.result()
    assert (result["status"], result["integration_id"]) == ("unconfirmed", "test")
    assert tenant.read(result["connection_id"]).status == 404
    assert connections(tenant) == []
    assert tenant.stack.items("ConnectionsTable") == []
    assert tenant.stack.items("OutboxTable") == []
    assert len(tenant.stack.items("UnconfirmedTable")) == 1


def test_with_the_word_it_is_a_connection_and_an_event(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant, confirm_challenge=code_challenge(VERIFIER))
    answer = asked.confirm(ended(asked, server), confirm_verifier=VERIFIER)

    assert answer.status == 200, answer.text
    named = answer.json()["data"]
    assert named["provider_config_key"] == "test"
    read = tenant.read(named["connection_id"]).json()
    assert read["credentials"]["access_token"].startswith("canary-secret-access")
    (event,) = tenant.stack.items("OutboxTable")
    assert (event["operation"], event["success"]) == ("creation", True)
    (row,) = tenant.stack.items("ConnectionsTable")
    assert row["binding"] == "confirmed"
    assert asked.result()["status"] == "success"
    assert tenant.stack.items("UnconfirmedTable") == []


def test_what_is_never_confirmed_ends_and_is_purged(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant)
    code = ended(asked, server)
    (waiting,) = tenant.stack.items("UnconfirmedTable")
    assert waiting["purge_at"] - time.time() <= 600

    tenant.stack.update("UnconfirmedTable", {"pk": waiting["pk"]}, expires_at=time.time() - 1)
    refused(asked.confirm(code))
    assert connections(tenant) == []


def test_the_code_goes_to_the_browser_that_ended_it_and_nowhere_else(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant, allowed_origins=["https://other.example"])
    browser = Browser(tenant).start(asked.token)
    page = page_of(browser.back(browser.approve(server)))

    code = page["message"]["confirmCode"]
    back = urlsplit(page["returnsTo"])
    query = {name: value for name, (value,) in parse_qs(back.query).items()}
    assert (back.scheme, back.netloc, back.path) == ("https", "app.example", "/connected")
    assert query == {
        "tab": "2",
        "provider_config_key": "test",
        "connection_id": asked.result()["connection_id"],
        "confirm_code": code,
    }
    known = ["https://carrick.example", "https://other.example", "https://app.example"]
    assert page["origins"] == known
    # Who began has the session's token and may poll.
    assert code not in json.dumps(asked.result())
    assert code not in tenant.stack.everything_stored()
    assert hash_token(code) in tenant.stack.everything_stored()


@pytest.mark.parametrize("verifier", [{}, {"confirm_verifier": "w" * 43}])
def test_the_verifier_must_be_the_applications(
    verifier: Mapping[str, str], tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant, confirm_challenge=code_challenge(VERIFIER))
    code = ended(asked, server)

    refused(asked.confirm(code, **verifier))
    assert connections(tenant) == []
    # It was no fault of the application's: the right one still works.
    assert asked.confirm(code, confirm_verifier=VERIFIER).status == 200


def test_a_verifier_that_nobody_asked_for_is_refused(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant)
    refused(asked.confirm(ended(asked, server), confirm_verifier=VERIFIER))


def test_a_code_of_another_session_is_refused(tenant: Tenant, server: AuthorizationServer) -> None:
    attackers, victims = asking(tenant), asking(tenant)
    code = ended(attackers, server)

    refused(victims.confirm(code))
    assert connections(tenant) == []


def test_another_tenant_cannot_confirm(tenant: Tenant, server: AuthorizationServer) -> None:
    asked = asking(tenant)
    code = ended(asked, server)

    refused(Asking(Tenant(tenant.stack, name="other"), asked.token, asked.session_id).confirm(code))
    assert asked.confirm(code).status == 200


def test_a_code_serves_once(tenant: Tenant, server: AuthorizationServer) -> None:
    asked = asking(tenant)
    code = ended(asked, server)
    assert asked.confirm(code).status == 200

    refused(asked.confirm(code))
    assert len(connections(tenant)) == 1
    assert len(tenant.stack.items("OutboxTable")) == 1


def test_of_two_browsers_with_one_link_the_first_that_is_confirmed_wins(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant)
    one, other = ended(asked, server), ended(asked, server)
    late = Browser(tenant).start(asked.token)

    assert asked.confirm(other).status == 200
    refused(asked.confirm(one), "session_ended")
    page = page_of(late.back(late.approve(server)))
    assert page["message"]["type"] == "nango_oauth_callback_error"
    refused(asked.confirm(one), "session_ended")
    assert len(connections(tenant)) == 1
    assert asked.result()["status"] == "success"


def _end_session(asked: Asking) -> None:
    assert call(asked.tenant.stack, asked.token, "DELETE", "/connect/session").status == 204


def _delete_integration(asked: Asking) -> None:
    assert asked.tenant.call("DELETE", "/integrations/test").status == 200


def _change_client(asked: Asking) -> None:
    credentials = {"type": "OAUTH2", "client_id": "another", "client_secret": CLIENT_SECRET}
    changed = asked.tenant.call("PATCH", "/integrations/test", {"credentials": credentials})
    assert changed.status == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_end_session, "session_ended"),
        (_delete_integration, "provider_config_err"),
        (_change_client, "provider_config_err"),
    ],
    ids=["session", "integration", "client"],
)
def test_what_changed_while_it_waited_ends_it(
    change: Callable[[Asking], None], code: str, tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant)
    confirm_code = ended(asked, server)
    change(asked)

    refused(asked.confirm(confirm_code), code)
    assert tenant.stack.items("ConnectionsTable") == []


def test_a_reconnect_waits_too_and_leaves_the_connection_as_it_is(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server)
    before = tenant.read(connection_id).json()["credentials"]["access_token"]
    body = {"connection_id": connection_id, "integration_id": "test"}
    asked = asking(tenant, "/connect/sessions/reconnect", **body)
    code = ended(asked, server)

    assert tenant.read(connection_id).json()["credentials"]["access_token"] == before
    assert asked.confirm(code).json()["data"]["connection_id"] == connection_id
    assert tenant.read(connection_id).json()["credentials"]["access_token"] != before


def test_a_refusal_at_the_provider_comes_back_to_the_application(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant)
    page = page_of(Browser(tenant).start(asked.token).deny(error="access_denied"))

    query = parse_qs(urlsplit(page["returnsTo"]).query)
    assert query == {"tab": ["2"], "provider_config_key": ["test"], "error": ["callback_err"]}
    assert tenant.stack.items("UnconfirmedTable") == []


def test_a_session_that_only_returns_makes_its_connection_at_once(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start(tenant.session(return_url="http://localhost:3000/back"))
    page = page_of(browser.back(browser.approve(server)))

    (row,) = connections(tenant)
    assert page["message"] == {"type": "nango_oauth_callback_success"}
    query = f"provider_config_key=test&connection_id={row['connection_id']}"
    assert page["returnsTo"] == f"http://localhost:3000/back?{query}"


def test_the_scope_is_the_one_that_makes_sessions(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    asked = asking(tenant)
    body = {"session_id": asked.session_id, "confirm_code": ended(asked, server)}
    key = tenant.key_with("environment:connections:read")

    assert call(tenant.stack, key, "POST", CONFIRM, body).status == 403
    key = tenant.key_with("environment:connect_sessions:write")
    assert call(tenant.stack, key, "POST", CONFIRM, body).status == 200
