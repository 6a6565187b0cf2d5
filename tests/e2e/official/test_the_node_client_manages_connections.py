"""``@nangohq/node`` as npm has it: sessions and connections (contract §2.6, §7)."""

import re

import pytest

from tests.e2e.official.clients_table import ClientsTable
from tests.e2e.official.flows import connect, made
from tests.e2e.official.node_client import NodeClient
from tests.e2e.scene import Body, Scene

DEMO = "demo"
ROW_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")


@pytest.fixture(scope="module")
def table() -> ClientsTable:
    return ClientsTable("node client: connections")


def ids(listed: Body) -> list[str]:
    return [row["connection_id"] for row in listed["connections"]]


@pytest.fixture(scope="module")
def connection(scene: Scene, nango: NodeClient) -> str:
    return made(scene, nango, "node", tags={"plan": "pro"})


def test_create_connect_session(scene: Scene, nango: NodeClient, table: ClientsTable) -> None:
    body = {
        "end_user": {"id": "new", "email": "new@example.com", "tags": {"team": "blue"}},
        "organization": {"id": "o1", "display_name": "Analytical Engines"},
        "tags": {"plan": "pro"},
        "allowed_integrations": [DEMO],
        "integrations_config_defaults": {DEMO: {"authorization_params": {"prompt": "consent"}}},
        "overrides": {DEMO: {"docs_connect": "https://docs.example.com"}},
    }
    data = nango("createConnectSession", body)["data"]
    scene.session_tokens.append(data["token"])

    assert re.fullmatch("nango_connect_session_[0-9a-f]{64}", data["token"])
    assert (
        data["connect_link"] == f"{scene.carrick.base_url}/connect/?session_token={data['token']}"
    )
    session = scene.carrick.must("GET", "/connect/session", bearer=data["token"])["data"]
    assert session["endUser"]["organization"]["display_name"] == "Analytical Engines"
    assert session["allowed_integrations"] == [DEMO]
    table.works("createConnectSession")


def test_create_reconnect_session(
    scene: Scene, nango: NodeClient, table: ClientsTable, connection: str
) -> None:
    before = nango("getToken", DEMO, connection)
    body = {"connection_id": connection, "integration_id": DEMO}
    token = nango("createReconnectSession", body)["data"]["token"]
    scene.session_tokens.append(token)

    assert connect(scene, token) == connection
    assert nango("getToken", DEMO, connection) != before
    read = nango("getConnection", DEMO, connection)
    assert (read["end_user"]["id"], read["tags"]["plan"]) == ("node", "pro")
    table.differs("createReconnectSession", "tags and end user that the call leaves out stay")


def test_list_connections(
    scene: Scene, nango: NodeClient, table: ClientsTable, connection: str
) -> None:
    (row,) = nango("listConnections", {"userId": "node"})["connections"]
    assert row.keys() == {
        "id",
        "connection_id",
        "provider_config_key",
        "provider",
        "errors",
        "end_user",
        "tags",
        "metadata",
        "created",
    }
    assert (row["connection_id"], row["provider"], row["errors"]) == (connection, DEMO, [])
    assert ROW_DATE.fullmatch(row["created"])
    table.works("listConnections()")

    other = made(scene, nango, "lister", organization={"id": "o9", "display_name": "Listers"})
    assert ids(nango("listConnections", {"connectionId": connection})) == [connection]
    assert ids(nango("listConnections", {"userId": "lister", "integrationId": [DEMO, "x"]})) == [
        other
    ]
    assert ids(nango("listConnections", {"userId": "lister", "tags": {"PLAN": "pro"}})) == []
    assert ids(nango("listConnections", {"userId": "node", "tags": {"PLAN": "pro"}})) == [
        connection
    ]
    table.works("listConnections({connectionId, userId, integrationId, tags})")

    pages = [
        nango("listConnections", {"integrationId": DEMO, "limit": 1, "page": page})
        for page in (0, 1)
    ]
    assert [ids(page) for page in pages] == [[other], [connection]]
    table.works("listConnections({limit, page})")

    by_name = nango("listConnections", None, "list", {"endUserOrganizationId": "o9", "limit": 5})
    assert ids(by_name) == [other]
    assert ids(nango("listConnections", None, "nobody at all")) == []
    assert ids(nango("listConnections", other, None, {"endUserId": "lister"})) == [other]
    table.works("listConnections(connectionId, search, queries)")


def test_wait_for_connection(nango: NodeClient, table: ClientsTable, connection: str) -> None:
    assert nango("waitForConnection", DEMO, "node")["connection_id"] == connection
    table.works("waitForConnection")


def test_metadata(scene: Scene, nango: NodeClient, table: ClientsTable, connection: str) -> None:
    other = made(scene, nango, "meta")
    assert nango("getMetadata", DEMO, connection) is None

    answer = nango("setMetadata", DEMO, connection, {"a": 1, "b": {"c": "é"}})
    assert (answer["status"], answer["data"]["metadata"]) == (201, {"a": 1, "b": {"c": "é"}})
    assert nango("getMetadata", DEMO, connection) == {"a": 1, "b": {"c": "é"}}
    nango("setMetadata", DEMO, [connection, other], {"plan": "pro"})
    assert nango("getMetadata", DEMO, other) == nango("getMetadata", DEMO, connection)
    table.works("setMetadata, one id or several")

    answer = nango("updateMetadata", DEMO, connection, {"seats": 5})
    assert (answer["status"], answer["data"]["metadata"]) == (200, {"seats": 5})
    assert nango("getMetadata", DEMO, connection) == {"plan": "pro", "seats": 5}
    nango("updateMetadata", DEMO, [connection, other], {"plan": "free"})
    assert nango("getMetadata", DEMO, other) == {"plan": "free"}
    table.works("updateMetadata, one id or several")
    table.works("getMetadata")

    error = nango.fails("setMetadata", DEMO, [connection, "nobody"], {"plan": "lost"})
    assert (error.status, error.code) == (404, "unknown_connection")
    assert nango("getMetadata", DEMO, connection) == {"plan": "free", "seats": 5}


def test_patch_connection(nango: NodeClient, table: ClientsTable, connection: str) -> None:
    place = {"connectionId": connection, "provider_config_key": DEMO}
    body = {"tags": {"team": "red"}, "webhook_url_override": "https://hooks.example.com/one"}
    assert nango("patchConnection", place, body) == {"success": True}

    read = nango("getConnection", DEMO, connection)
    assert read["webhook_url_override"] == "https://hooks.example.com/one"
    assert read["tags"] == {"team": "red"}
    nango("patchConnection", place, {"webhook_url_override": ""})
    assert nango("getConnection", DEMO, connection)["webhook_url_override"] is None
    table.works("patchConnection")


def test_delete_connection(scene: Scene, nango: NodeClient, table: ClientsTable) -> None:
    doomed = made(scene, nango, "doomed")

    answer = nango("deleteConnection", DEMO, doomed)

    assert (answer["status"], answer["data"]) == (200, {"success": True})
    error = nango.fails("getConnection", DEMO, doomed)
    assert (error.status, error.code) == (404, "not_found")
    error = nango.fails("deleteConnection", DEMO, doomed)
    assert (error.status, error.code) == (400, "unknown_connection")
    table.works("deleteConnection")


def test_a_body_that_does_not_fit(nango: NodeClient, table: ClientsTable) -> None:
    error = nango.fails("createConnectSession", {"tags": {}, "colour": "red"})

    assert (error.status, error.code) == (400, "invalid_body")
    (problem,) = error.data["error"]["errors"]
    assert problem["code"] == "unrecognized_keys"
    table.works("errors of a body: response.data.error.errors")


def test_the_table_is_what_was_seen(table: ClientsTable) -> None:
    table.hold()
