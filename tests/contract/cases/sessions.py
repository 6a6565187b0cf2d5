"""Answers about connect sessions."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from carrick.oauth.pkce import code_challenge
from tests.contract.cases.registry import shows
from tests.contract.world import World
from tests.support.browser import Browser

PERSON = {
    "end_user": {
        "id": "u1",
        "email": "ada@example.com",
        "display_name": "Ada",
        "tags": {"team": "blue"},
    },
    "organization": {"id": "o1", "display_name": "Analytical Engines"},
}
FULL = {
    **PERSON,
    "tags": {"plan": "pro"},
    "allowed_integrations": ["test"],
    "integrations_config_defaults": {
        "test": {
            "user_scopes": "",
            "authorization_params": {"prompt": "consent"},
            "connection_config": {"region": "eu", "oauth_scopes_override": "read"},
        }
    },
    "overrides": {"test": {"docs_connect": "https://docs.example.com"}},
    "allowed_origins": ["https://app.example.com", "http://localhost:3000"],
    "webhook_url_override": "https://hooks.example.com/one",
}


@shows("POST /connect/sessions", 201)
def create(world: World) -> None:
    world.ask("POST", "/connect/sessions", FULL)
    world.ask("POST", "/connect/sessions", {"tags": {}})


@shows("POST /connect/sessions/reconnect", 201)
def reconnect(world: World) -> None:
    made = world.tenant.connect(world.server)
    body = {**PERSON, "connection_id": made, "integration_id": "test", "allow_account_change": True}
    world.ask("POST", "/connect/sessions/reconnect", body)


CONFIRM = "POST /connect/sessions/confirm"
ASKS = {**FULL, "return_url": "https://app.example.com/done", "confirm_required": True}


def waiting(world: World, path: str = "/connect/sessions", **body: Any) -> dict[str, str]:
    """What confirms an authorization that has just ended."""
    challenge = {"confirm_challenge": code_challenge("v" * 43)}
    asked = {**ASKS, **challenge, **body}
    if "connection_id" in body:
        asked.pop("allowed_integrations")
    data = world.ask("POST", path, asked).json()["data"]
    browser = Browser(world.tenant).start(data["token"])
    page = browser.back(browser.approve(world.server)).text
    found = re.search('"confirmCode": "(.*?)"', page)
    assert found is not None, page
    status = world.ask("GET", "/connect/session", key=data["token"]).json()["data"]["result"]
    assert status["status"] == "unconfirmed"
    return {
        "session_id": data["session_id"],
        "confirm_code": found[1],
        "confirm_verifier": "v" * 43,
    }


@shows(CONFIRM, 200)
def confirm(world: World) -> None:
    world.ask("POST", "/connect/sessions/confirm", waiting(world))


@shows(CONFIRM, 400, "invalid_confirmation")
def confirm_with_another_verifier(world: World) -> None:
    given = {**waiting(world), "confirm_verifier": "w" * 43}
    world.ask("POST", "/connect/sessions/confirm", given)


@shows(CONFIRM, 400, "session_ended")
def confirm_a_session_that_ended(world: World) -> None:
    given = waiting(world)
    world.stack.delete("SessionsTable", {"pk": given["session_id"]})
    world.ask("POST", "/connect/sessions/confirm", given)


@shows(CONFIRM, 400, "provider_config_err")
def confirm_what_has_no_integration(world: World) -> None:
    given = waiting(world)
    world.ask("DELETE", "/integrations/test")
    world.ask("POST", "/connect/sessions/confirm", given)


@shows(CONFIRM, 400, "connection_not_found")
def confirm_what_was_deleted(world: World) -> None:
    made = world.tenant.connect(world.server)
    path = "/connect/sessions/reconnect"
    given = waiting(world, path, connection_id=made, integration_id="test")
    world.ask("DELETE", f"/connections/{made}?provider_config_key=test")
    world.ask("POST", "/connect/sessions/confirm", given)


@shows("GET /connect/session", 200)
def read(world: World) -> None:
    token = world.ask("POST", "/connect/sessions", FULL).json()["data"]["token"]
    assert "result" not in world.ask("GET", "/connect/session", key=token).json()["data"]

    begun = world.tenant.start(token)
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    denied = f"/oauth/callback/test?error=access_denied&state={asked['state'][0]}"
    assert world.tenant.back(denied, begun.cookies).status == 400
    result = world.ask("GET", "/connect/session", key=token).json()["data"]["result"]
    assert result["status"] == "error"

    token = world.tenant.session()
    connection_id = world.tenant.connect(world.server, token)
    result = world.ask("GET", "/connect/session", key=token).json()["data"]["result"]
    assert result["connection_id"] == connection_id

    token = world.tenant.reconnect_session(connection_id)
    assert world.ask("GET", "/connect/session", key=token).json()["data"]["isReconnecting"]


@shows("DELETE /connect/session", 204)
def delete(world: World) -> None:
    world.ask("DELETE", "/connect/session", key=world.tenant.session())


@shows("POST /connect/telemetry", 204)
def telemetry(world: World) -> None:
    body = {
        "token": world.tenant.session(),
        "event": "view:list",
        "timestamp": "2026-01-01T00:00:00Z",
        "dimensions": {"integration": "test"},
    }
    world.ask("POST", "/connect/telemetry", body, key="")
