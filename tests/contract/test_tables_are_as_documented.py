"""docs/architecture.md lists the attributes that are stored, and no other."""

import re
from pathlib import Path

import pytest

from tests.contract.cases.credentials import ACTOR, INSTALLED, OWN_CLIENT
from tests.contract.cases.sessions import FULL, waiting
from tests.contract.document import ROOT
from tests.contract.prose import template
from tests.contract.world import World
from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, write_provider
from tests.support.sockets import BrowserSocket

PAGE = (ROOT / "docs/architecture.md").read_text("utf-8")
REFUSED = (400, {"content-type": "application/json"}, b'{"error":"invalid_grant"}')
TABLES = [
    logical_id
    for logical_id, resource in template()["Resources"].items()
    if resource["Type"] == "AWS::DynamoDB::Table"
]


def documented(table: str) -> set[str]:
    """The first column of the first list below the table's heading."""
    section = PAGE.partition(f"\n### {table}\n")[2].partition("\n###")[0]
    rows = section.partition("| attribute |")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE))


def wait_for_an_installation(world: World, folder: Path) -> None:
    write_provider(folder, world.server.url, "installed-provider", **INSTALLED)
    body = {"provider": "installed-provider", "unique_key": "form", "credentials": OWN_CLIENT}
    assert world.ask("POST", "/integrations", body).status == 200
    token = world.tenant.session(integrations_config_defaults=ACTOR)
    path = f"/auth/oauth-outbound/form?connect_session_token={token}"
    made = world.ask("POST", path, key="").json()["connectionId"]
    assert world.ask("GET", f"/connections/{made}?provider_config_key=form").status == 424


def use_everything(world: World, folder: Path) -> dict[str, set[str]]:
    """Names of all attributes that were seen while a customer used what there is."""
    seen: dict[str, set[str]] = {table: set() for table in TABLES}

    def look() -> None:
        for table in TABLES:
            seen[table].update(name for item in world.stack.items(table) for name in item)

    facts = {"token_expiration_buffer_seconds": "600"}
    write_provider(folder, world.server.url, "full-provider", **facts)
    client = {
        "type": "OAUTH2",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "webhook_secret": "canary-secret-webhook",
    }
    BrowserSocket(world.stack).connect()
    body = {"provider": "full-provider", "unique_key": "full", "credentials": client}
    answer = world.ask("POST", "/integrations", {**body, "custom": {"note": "ours"}})
    assert answer.status == 200

    wait_for_an_installation(world, folder)
    look()
    session = {**FULL, "allowed_integrations": [], "overrides": {"full": {}}}
    session["integrations_config_defaults"] = {"full": {}}
    token = world.tenant.session(**session)
    world.tenant.start(token, "full")
    look()
    begun = world.tenant.start(token, "full")
    path = world.server.authorize(begun.headers["location"]).removeprefix(world.stack.base_url)
    assert world.ask("GET", path, key="", cookies=begun.cookies).status == 200
    look()
    (row,) = world.ask("GET", "/connections?integrationId=full").json()["connections"]
    read = f"/connections/{row['connection_id']}?provider_config_key=full"
    assert world.ask("GET", read).status == 200
    world.server.switches.refresh_answer = REFUSED
    assert world.ask("GET", f"{read}&force_refresh=true").status == 424
    look()
    given = waiting(world)
    look()
    assert world.ask("POST", "/connect/sessions/confirm", given).status == 200
    look()
    again = {"connection_id": row["connection_id"], "integration_id": "full"}
    assert world.ask("POST", "/connect/sessions/reconnect", again).status == 201
    look()
    assert world.ask("DELETE", read).status == 200
    look()
    return seen


def test_attributes_are_as_documented(world: World, tmp_path: Path) -> None:
    seen = use_everything(world, tmp_path)

    assert {table: sorted(seen[table]) for table in TABLES} == {
        table: sorted(documented(table)) for table in TABLES
    }


@pytest.mark.parametrize("table", TABLES)
def test_keys_are_as_documented(table: str) -> None:
    section = PAGE.partition(f"\n### {table}\n")[2].partition("\n###")[0]
    keys = template()["Resources"][table]["Properties"]["KeySchema"]
    named = re.match(r"\nKeys? (.+?)\.", section)

    assert named is not None
    assert re.findall(r"`(\w+)`", named[1]) == [key["AttributeName"] for key in keys]


def test_what_is_kept_is_as_documented() -> None:
    for table in TABLES:
        section = PAGE.partition(f"\n### {table}\n")[2].partition("\n###")[0]
        properties = template()["Resources"][table]["Properties"]
        assert ("point-in-time recovery" in section) == (
            "PointInTimeRecoverySpecification" in properties
        )


def test_indexes_are_as_documented_and_hold_no_secret() -> None:
    properties = template()["Resources"]["ConnectionsTable"]["Properties"]
    section = PAGE.partition("\n### ConnectionsTable\n")[2].partition("\n###")[0]
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)`, `(\w+)` \|", section, re.MULTILINE)

    assert rows == [
        (index["IndexName"], *(key["AttributeName"] for key in index["KeySchema"]))
        for index in properties["GlobalSecondaryIndexes"]
    ]
    for index in properties["GlobalSecondaryIndexes"]:
        projected = index["Projection"].get("NonKeyAttributes", [])
        assert [name for name in projected if name.startswith("sealed_")] == []
        assert index["Projection"]["ProjectionType"] != "ALL"


@pytest.mark.parametrize("kind", ["AWS::Serverless::Function", "AWS::SQS::Queue"])
def test_no_function_and_no_queue_is_missing(kind: str) -> None:
    for logical_id, resource in template()["Resources"].items():
        if resource["Type"] == kind:
            name = resource["Properties"].get("CodeUri", logical_id)
            assert f"`{name}`" in PAGE, f"docs/architecture.md says nothing of {name}"
