"""Answers about connect sessions."""

from urllib.parse import parse_qs, urlsplit

from tests.contract.cases.registry import shows
from tests.contract.world import World

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
