"""What browsers ask before they ask."""

from tests.contract.cases.registry import shows
from tests.contract.world import World


def ask(world: World, path: str, method: str) -> None:
    headers = {"origin": "https://app.example.com", "access-control-request-method": method}
    answer = world.ask("OPTIONS", path, key="", headers=headers)
    assert method in answer.headers["access-control-allow-methods"].split(", ")


@shows("OPTIONS /integrations", 204)
def integrations(world: World) -> None:
    ask(world, "/integrations", "GET")


@shows("OPTIONS /providers", 204)
def providers(world: World) -> None:
    ask(world, "/providers", "GET")


@shows("OPTIONS /providers/{provider}", 204)
def provider(world: World) -> None:
    ask(world, "/providers/github", "GET")


@shows("OPTIONS /connect/session", 204)
def session(world: World) -> None:
    ask(world, "/connect/session", "GET")
    ask(world, "/connect/session", "DELETE")


@shows("OPTIONS /connect/telemetry", 204)
def telemetry(world: World) -> None:
    ask(world, "/connect/telemetry", "POST")


@shows("OPTIONS /api-auth/{form}/{integration_id}", 204)
def keys_and_passwords(world: World) -> None:
    ask(world, "/api-auth/api-key/test", "POST")
    ask(world, "/api-auth/basic/test", "POST")


@shows("OPTIONS /auth/{form}/{integration_id}", 204)
def other_forms(world: World) -> None:
    ask(world, "/auth/two-step/test", "POST")
    ask(world, "/auth/unauthenticated/test", "POST")


@shows("OPTIONS /oauth2/auth/{integration_id}", 204)
def client_credentials(world: World) -> None:
    ask(world, "/oauth2/auth/test", "POST")
