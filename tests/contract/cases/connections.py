"""Answers about connections."""

import json

from tests.contract.cases.registry import shows
from tests.contract.cases.sessions import FULL
from tests.contract.world import World

ONE = "/connections/{connection_id}"
METADATA = "/connections/metadata"
REFUSED = (400, {"content-type": "application/json"}, b'{"error":"invalid_grant"}')


def one_of(connection_id: str, integration: str = "test") -> str:
    return f"/connections/{connection_id}?provider_config_key={integration}"


@shows("GET /connections", 200)
def list_connections(world: World) -> None:
    made = world.tenant.connect(world.server, **FULL)
    query = "endUserId=u1&endUserOrganizationId=o1&integrationId=test&tags[plan]=pro&search=ADA"
    (found,) = world.ask("GET", f"/connections?{query}&limit=1&page=0").json()["connections"]
    assert found["connection_id"] == made
    answer = world.ask("GET", "/connections?connectionId=nobody")
    assert answer.json() == {"connections": []}


@shows(f"GET {ONE}", 200)
def read(world: World) -> None:
    made = world.tenant.connect(world.server, **FULL)
    shown = world.ask("GET", one_of(made)).json()
    assert "refresh_token" not in shown["credentials"]
    assert world.ask("GET", one_of(made)).json()["last_fetched_at"]

    switches = "&force_refresh=true&refresh_token=true&refresh_github_app_jwt_token=false"
    assert world.ask("GET", one_of(made) + switches).json()["credentials"]["refresh_token"]

    facts_only = world.tenant.key_with("environment:connections:read")
    assert world.ask("GET", one_of(made), key=facts_only).json()["credentials"] == {}


@shows(f"GET {ONE}", 400, "unknown_provider_config")
def read_of_an_unknown_integration(world: World) -> None:
    world.ask("GET", one_of("c1", "nobody"))


@shows(f"GET {ONE}", 404, "not_found")
def read_unknown(world: World) -> None:
    world.ask("GET", one_of("c1"))


@shows(f"GET {ONE}", 424, "invalid_credentials")
def read_what_no_longer_works(world: World) -> None:
    made = world.tenant.connect(world.server)
    (item,) = world.stack.items("ConnectionsTable")
    world.stack.update("ConnectionsTable", {"pk": item["pk"]}, expires_at=1)
    world.server.switches.refresh_answer = REFUSED
    failed = world.ask("GET", one_of(made)).json()["error"]
    assert failed["payload"]["connection"]["credentials"] == {}
    again = world.ask("GET", one_of(made)).json()["error"]
    assert again["type"] == "connection_refresh_backoff"


@shows(f"PATCH {ONE}", 200)
def update(world: World) -> None:
    made = world.tenant.connect(world.server)
    changes = {
        "end_user": {"id": "u2", "email": None, "display_name": "Bo", "tags": {}},
        "organization": {"id": "o2"},
        "tags": {"Plan": "free"},
        "webhook_url_override": "https://hooks.example.com/two",
    }
    world.ask("PATCH", one_of(made), changes)
    shown = world.ask("GET", one_of(made)).json()
    assert shown["end_user"]["organization"] == {"id": "o2", "display_name": None}
    assert shown["tags"] == {"plan": "free"}


@shows(f"PATCH {ONE}", 404, "not_found")
def update_unknown(world: World) -> None:
    world.ask("PATCH", one_of("c1"), {"tags": {}})


@shows(f"PATCH {ONE}", 400, "unknown_provider_config")
def update_of_an_unknown_integration(world: World) -> None:
    world.ask("PATCH", one_of("c1", "nobody"), {"tags": {}})


@shows(f"DELETE {ONE}", 200)
def delete(world: World) -> None:
    world.ask("DELETE", one_of(world.tenant.connect(world.server)))


@shows(f"DELETE {ONE}", 400, "unknown_connection")
def delete_unknown(world: World) -> None:
    world.ask("DELETE", one_of("c1"))


@shows(f"POST {METADATA}", 201)
def set_metadata(world: World) -> None:
    change_metadata(world, "POST")


@shows(f"PATCH {METADATA}", 200)
def merge_metadata(world: World) -> None:
    change_metadata(world, "PATCH")


@shows(f"POST {METADATA}", 404, "unknown_connection")
def set_metadata_of_unknown(world: World) -> None:
    world.ask("POST", METADATA, about(["c1"]))


@shows(f"PATCH {METADATA}", 404, "unknown_connection")
def merge_metadata_of_unknown(world: World) -> None:
    world.ask("PATCH", METADATA, about("c1"))


def about(connection_id: str | list[str]) -> dict[str, object]:
    metadata = {"plan": "pro", "limits": {"rows": 1.5, "ids": [1, None]}}
    return {"connection_id": connection_id, "provider_config_key": "test", "metadata": metadata}


def change_metadata(world: World, method: str) -> None:
    made = world.tenant.connect(world.server)
    body = about([made])
    answer = world.ask(method, METADATA, body)
    assert answer.json() == json.loads(json.dumps(body))
    assert world.ask("GET", one_of(made)).json()["metadata"] == body["metadata"]
