"""Deleting an integration deletes its connections, each with its event; renaming waits for none."""

import time
from dataclasses import replace

import pytest

from carrick import identifiers
from carrick.domain import integrations
from carrick.errors import ConflictError
from carrick.models.connection import Connection, ConnectionKey
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from tests.support.calls import problem_of
from tests.support.tenant import Tenant


def connect(tenant: Tenant, integration: str, connection_id: str) -> None:
    """Store a connection as a flow does."""
    dynamodb, aws = tenant.stack.aws.client("dynamodb"), tenant.stack.aws
    connection = Connection(
        key=ConnectionKey(tenant.environment_id, integration, connection_id),
        id=identifiers.new_numeric_id(),
        provider="github",
        auth_mode="OAUTH2",
        created_at=time.time(),
        updated_at=time.time(),
        tags={"team": "one"},
        end_user={"id": "u1"},
        sealed_credentials=b"sealed",
    )
    store = ConnectionStore(dynamodb, aws.table_name("ConnectionsTable"), now=time.time)
    tags = ConnectionTagStore(dynamodb, aws.table_name("ConnectionTagsTable"))
    store.write(store.put_write(connection, replaces=None), *tags.writes(connection, previous=None))


def events(tenant: Tenant) -> set[tuple[str, str, str]]:
    return {
        (event["operation"], event["integration_id"], event["connection_id"])
        for event in tenant.stack.items("OutboxTable")
    }


def test_every_connection_goes_and_is_told_of(tenant: Tenant) -> None:
    for name in ("a", "ab"):
        tenant.integrate(name, provider="github")
    for connection_id in ("c1", "c2", "c3"):
        connect(tenant, "a", connection_id)
    connect(tenant, "ab", "kept")
    other = Tenant(tenant.stack, "other")
    other.integrate("a", provider="github")
    connect(other, "a", "kept")

    assert tenant.call("DELETE", "/integrations/a").json() == {"success": True}

    left = {
        (item["environment_id"], item["integration_id"], item["connection_id"])
        for item in tenant.stack.items("ConnectionsTable")
    }
    assert left == {
        (tenant.environment_id, "ab", "kept"),
        (other.environment_id, "a", "kept"),
    }
    owners = {item["connection_pk"] for item in tenant.stack.items("ConnectionTagsTable")}
    assert owners == {
        f"{tenant.environment_id}#ab#kept",
        f"{other.environment_id}#a#kept",
    }
    assert events(tenant) == {("deletion", "a", name) for name in ("c1", "c2", "c3")}


def test_a_deletion_too_long_for_one_request_goes_on_with_the_next(tenant: Tenant) -> None:
    tenant.integrate("a", provider="github")
    for number in range(3):
        connect(tenant, "a", f"c{number}")
    function = tenant.stack.function("integrations")
    deps = replace(function.dependencies().use_cases, deletion_limit=2)

    with pytest.raises(ConflictError) as raised:
        integrations.delete(tenant.environment_id, "a", deps)

    assert raised.value.code == "deletion_unfinished"
    assert len(tenant.stack.items("ConnectionsTable")) == 1
    assert tenant.call("GET", "/integrations/a").status == 200
    integrations.delete(tenant.environment_id, "a", deps)
    assert tenant.stack.items("ConnectionsTable") == []
    assert tenant.stack.items("IntegrationsTable") == []
    assert len(events(tenant)) == 3


def test_an_integration_is_renamed_while_it_has_no_connections(tenant: Tenant) -> None:
    tenant.integrate("a", provider="github")
    tenant.integrate("b", provider="github")
    renamed = tenant.call("PATCH", "/integrations/a", {"unique_key": "c"})
    assert renamed.json()["data"]["unique_key"] == "c"
    taken = tenant.call("PATCH", "/integrations/c", {"unique_key": "b"})
    assert problem_of(taken) == ("custom", ["uniqueKey"])
    connect(tenant, "c", "c1")
    refused = tenant.call("PATCH", "/integrations/c", {"unique_key": "a"})
    assert problem_of(refused) == ("custom", ["uniqueKey"])
    same = tenant.call("PATCH", "/integrations/c", {"unique_key": "c", "display_name": "C"})
    assert same.json()["data"]["display_name"] == "C"
    keys = [item["integration_id"] for item in tenant.stack.items("IntegrationsTable")]
    assert sorted(keys) == ["b", "c"]
