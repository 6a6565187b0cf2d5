"""Answers about environments, API keys and signing keys."""

from tests.contract.cases.registry import shows
from tests.contract.world import World
from tests.support.tenant import Tenant

UNKNOWN = "00000000-0000-4000-8000-000000000000"
ONE = "/environments/{environment_id}"
KEYS = f"{ONE}/api-keys"
ROTATE = "/environment/webhook-signing-key/rotate"


def own(world: World) -> str:
    return f"/environments/{world.tenant.environment_id}"


@shows("GET /environments", 200)
def list_environments(world: World) -> None:
    assert len(world.root("GET", "/environments").json()["data"]) == 1
    assert world.root("GET", "/environments?name=nobody").json() == {"data": []}


@shows("POST /environments", 201)
def create(world: World) -> None:
    world.root("POST", "/environments", {"name": "prod"})


@shows("POST /environments", 409, "conflict")
def create_twice(world: World) -> None:
    world.root("POST", "/environments", {"name": world.tenant.name})


@shows(f"GET {ONE}", 200)
def read(world: World) -> None:
    world.root("GET", own(world))


@shows(f"PATCH {ONE}", 200)
def update(world: World) -> None:
    webhooks = {
        "primary_url": "https://hooks.example.com/a",
        "secondary_url": "",
        "on_auth_creation": False,
        "on_auth_refresh_error": False,
        "on_connection_deletion": False,
    }
    callback_url = "https://app.example.com/oauth-callback"
    look = {
        "application_name": "Acme",
        "logo": "data:image/png;base64,iVBORw0KGgo=",
        "default_theme": "dark",
        "light_primary": "#0b62c4",
        "dark_primary": "#7ab4ff",
        "show_watermark": False,
    }
    changes = {
        "name": "renamed",
        "callback_url": callback_url,
        "webhooks": webhooks,
        "connect_ui": look,
    }
    world.root("PATCH", own(world), changes)
    world.root("PATCH", own(world), {"callback_url": None})


@shows(f"PATCH {ONE}", 409, "conflict")
def rename_to_a_taken_name(world: World) -> None:
    Tenant(world.stack, "prod")
    world.root("PATCH", own(world), {"name": "prod"})


@shows(f"DELETE {ONE}", 200)
def delete(world: World) -> None:
    empty = Tenant(world.stack, "empty")
    world.root("DELETE", f"/environments/{empty.environment_id}")


@shows(f"DELETE {ONE}", 409, "conflict")
def delete_with_integrations(world: World) -> None:
    world.root("DELETE", own(world))


@shows(f"GET {KEYS}", 200)
def list_keys(world: World) -> None:
    world.root("GET", f"{own(world)}/api-keys")


@shows(f"POST {KEYS}", 201)
def create_key(world: World) -> None:
    body = {"display_name": "Reader", "scopes": ["environment:connections:*"]}
    world.root("POST", f"{own(world)}/api-keys", body)


@shows(f"POST {KEYS}", 400, "resource_capped")
def one_key_too_many(world: World) -> None:
    place = {"pk": world.tenant.environment_id, "sk": "environment"}
    world.stack.update("EnvironmentsTable", place, api_key_count=50)
    body = {"display_name": "Reader", "scopes": ["environment:*"]}
    world.root("POST", f"{own(world)}/api-keys", body)


@shows(f"DELETE {KEYS}/{{key_id}}", 200)
def delete_key(world: World) -> None:
    (key,) = world.root("GET", f"{own(world)}/api-keys").json()["data"]
    world.root("DELETE", f"{own(world)}/api-keys/{key['id']}")


@shows(f"GET {ONE}/webhook-signing-key", 200)
def read_signing_keys(world: World) -> None:
    rotate(world)
    keys = world.root("GET", f"{own(world)}/webhook-signing-key").json()["data"]
    assert [key["expires_at"] is None for key in keys] == [True, False]


@shows(f"POST {ROTATE}", 200)
def rotate(world: World) -> None:
    world.ask("POST", ROTATE)


@shows(f"POST {ROTATE}", 409, "too_many_signing_keys")
def rotate_too_often(world: World) -> None:
    for _ in range(5):
        world.ask("POST", ROTATE, {"overlap_seconds": 3600})


@shows("GET /environment-variables", 200)
def variables(world: World) -> None:
    assert world.ask("GET", "/environment-variables").json() == []
