"""Answers about integrations and providers."""

from tests.contract.cases.registry import shows
from tests.contract.world import World
from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, write_provider

ONE = "/integrations/{integration_id}"
CLIENT = {
    "type": "OAUTH2",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "scopes": "repo,user:email",
    "webhook_secret": "canary-secret-webhook",
}


@shows("GET /integrations", 200)
def list_integrations(world: World) -> None:
    shown = world.ask("GET", "/integrations").json()["data"][0]
    session = world.tenant.session(allowed_integrations=[shown["unique_key"]])
    (in_session,) = world.ask("GET", "/integrations", key=session).json()["data"]
    assert shown.keys() - in_session.keys() == {"callback_url", "allowed_hosts"}


@shows("POST /integrations", 200)
def create(world: World) -> None:
    body = {
        "provider": "github",
        "unique_key": "github-prod",
        "display_name": "GitHub",
        "forward_webhooks": False,
        "credentials": CLIENT,
        "integration_config": {},
        "custom": {"note": "ours"},
        "callback_url": "https://app.example.com/oauth-callback",
        "allowed_hosts": ["git.example.com", ".corp.example.com"],
    }
    world.ask("POST", "/integrations", body)


@shows(f"GET {ONE}", 200)
def read(world: World) -> None:
    world.ask("GET", "/integrations/test")
    answer = world.ask("GET", "/integrations/test?include=webhook&include=credentials")
    assert answer.json()["data"]["credentials"]["client_secret"] == CLIENT_SECRET


@shows(f"PATCH {ONE}", 200)
def update(world: World) -> None:
    changes = {"unique_key": "renamed", "display_name": "Test", "credentials": CLIENT}
    world.ask("PATCH", "/integrations/test", changes)


def mcp_provider(world: World, status: int) -> dict[str, str]:
    """The body for an integration of a provider that registers clients, or does not."""
    url = world.server.url
    facts = {"auth_mode": '"MCP_OAUTH2"', "registration_url": f'"{url}/register"'}
    write_provider(world.folder, url, "mcp-provider", **facts)
    with (world.folder / "mcp-provider.toml").open("a") as file:
        file.write('\n[registration]\nmethod = "dynamic"\n')
    client = b'{"client_id":"made","client_secret":"canary-secret-made"}'
    world.server.switches.answer = (status, {"content-type": "application/json"}, client)
    return {"provider": "mcp-provider", "unique_key": "mcp"}


@shows("POST /integrations", 424, "client_registration_err")
def create_without_a_client(world: World) -> None:
    world.ask("POST", "/integrations", mcp_provider(world, 403))


@shows(f"PATCH {ONE}", 424, "client_registration_err")
def move_without_a_client(world: World) -> None:
    credentials = {"type": "MCP_OAUTH2", "scopes": "read"}
    body = {**mcp_provider(world, 201), "credentials": credentials}
    assert world.ask("POST", "/integrations", body).status == 200
    mcp_provider(world, 403)
    moved = {"callback_url": "https://app.example.com/oauth-callback"}
    world.ask("PATCH", "/integrations/mcp", moved)


@shows(f"DELETE {ONE}", 200)
def delete(world: World) -> None:
    world.ask("DELETE", "/integrations/test")


@shows("GET /providers", 200)
def list_providers(world: World) -> None:
    assert len(world.ask("GET", "/providers").json()["data"]) > 1
    session = world.tenant.session()
    found = world.ask("GET", "/providers?search=GitH", key=session).json()["data"]
    assert "github" in {provider["name"] for provider in found}


@shows("GET /providers/{provider}", 200)
def read_every_provider(world: World) -> None:
    for entry in world.ask("GET", "/providers").json()["data"]:
        answer = world.ask("GET", f"/providers/{entry['name']}")
        assert answer.json()["data"] == entry


@shows("GET /health", 200)
def health(world: World) -> None:
    world.ask("GET", "/health", key="")
