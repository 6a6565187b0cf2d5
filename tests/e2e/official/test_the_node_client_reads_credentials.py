"""``@nangohq/node`` as npm has it: credentials, fresh (contract §7.2, §9)."""

import re

import pytest

from tests.e2e.official.clients_table import ClientsTable
from tests.e2e.official.flows import connect, made
from tests.e2e.official.node_client import NodeClient
from tests.e2e.scene import Body, Scene

DEMO = "demo"
ROW_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
CREDENTIALS_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def table() -> ClientsTable:
    return ClientsTable("node client: credentials")


@pytest.fixture(scope="module")
def connection(scene: Scene, nango: NodeClient) -> str:
    return made(scene, nango, "node", tags={"plan": "pro"})


def test_get_connection(nango: NodeClient, table: ClientsTable, connection: str) -> None:
    first = nango("getConnection", DEMO, connection)
    read = nango("getConnection", DEMO, connection)

    assert first["last_fetched_at"] is None
    assert read.keys() == {
        "id",
        "connection_id",
        "provider_config_key",
        "provider",
        "errors",
        "end_user",
        "tags",
        "metadata",
        "connection_config",
        "webhook_url_override",
        "created_at",
        "updated_at",
        "last_fetched_at",
        "credentials",
    }
    for name in ("created_at", "updated_at", "last_fetched_at"):
        assert ROW_DATE.fullmatch(read[name]), name
    credentials = read["credentials"]
    assert credentials["type"] == "OAUTH2"
    assert CREDENTIALS_DATE.fullmatch(credentials["expires_at"])
    assert "refresh_token" not in credentials
    assert "refresh_token" not in credentials["raw"]
    table.works("getConnection")


def test_get_connection_with_switches(
    nango: NodeClient, table: ClientsTable, connection: str
) -> None:
    before = nango("getConnection", DEMO, connection)["credentials"]["access_token"]
    again = nango("getConnection", DEMO, connection)["credentials"]["access_token"]
    assert again == before

    renewed = nango("getConnection", DEMO, connection, True)["credentials"]
    assert renewed["access_token"] != before
    table.works("getConnection(forceRefresh)")

    shown = nango("getConnection", DEMO, connection, False, True)["credentials"]
    assert shown["access_token"] == renewed["access_token"]
    assert shown["refresh_token"] == shown["raw"]["refresh_token"]
    table.works("getConnection(refreshToken)")

    assert nango("getConnection", DEMO, connection, False, False, True)["credentials"] == renewed
    table.works("getConnection(refreshGithubAppJwtToken)")


def test_get_token(nango: NodeClient, table: ClientsTable, connection: str) -> None:
    read = nango("getConnection", DEMO, connection)["credentials"]
    assert nango("getToken", DEMO, connection) == read["access_token"]
    assert nango("getToken", DEMO, connection, True) != read["access_token"]
    table.works("getToken")


def test_get_raw_token_response(nango: NodeClient, table: ClientsTable, connection: str) -> None:
    raw = nango("getRawTokenResponse", DEMO, connection)
    assert raw["token_type"] == "Bearer"
    assert raw["access_token"] == nango("getToken", DEMO, connection)
    table.works("getRawTokenResponse")


@pytest.mark.parametrize(
    ("options", "args", "status", "code"),
    [
        ({"apiKey": "no-key-at-all"}, (DEMO, "c"), 401, "invalid_secret_key_format"),
        ({}, ("nobody", "c"), 400, "unknown_provider_config"),
        ({}, (DEMO, "nobody"), 404, "not_found"),
    ],
    ids=["key", "integration", "connection"],
)
def test_errors_are_those_of_axios(
    nango: NodeClient,
    table: ClientsTable,
    options: Body,
    args: tuple[str, str],
    status: int,
    code: str,
) -> None:
    error = nango.fails("getConnection", *args, **options)

    assert error.name == "AxiosError"
    assert (error.status, error.code) == (status, code)
    assert error.data["error"]["message"]
    table.works("errors: response.status, response.data.error")


def test_a_refresh_that_fails(
    scene: Scene, nango: NodeClient, table: ClientsTable, scripted: str
) -> None:
    tokens = {"access_token": "canary-secret-a", "refresh_token": "canary-secret-r"}
    scene.api.answers["POST /oauth2/token"] = (200, {**tokens, "expires_in": 3600})
    failing = connect(scene, scene.session("failing")["token"], scripted)
    scene.api.answers["POST /oauth2/token"] = (400, {"error": "invalid_grant"})

    error = nango.fails("getConnection", scripted, failing, True)

    assert (error.status, error.code) == (424, "invalid_credentials")
    shown = error.data["error"]["payload"]["connection"]
    assert (shown["connection_id"], shown["credentials"]) == (failing, {})
    table.works("errors of a refresh: 424 with payload.connection")
    assert nango("getToken", scripted, failing) == "canary-secret-a"
    table.differs("getToken after a failed refresh", "the token is served while it is valid")
    (row,) = nango("listConnections", {"connectionId": failing})["connections"]
    assert [each["type"] for each in row["errors"]] == ["auth"]


def test_get_token_of_other_modes(
    scene: Scene, nango: NodeClient, table: ClientsTable, forms: None
) -> None:
    scene.api.answers["GET /verified"] = (200, {})
    token = scene.session("keyed")["token"]
    path = f"/api-auth/api-key/form-api-key?connect_session_token={token}"
    key = {"apiKey": "canary-secret-key"}
    connected = scene.carrick.must("POST", path, key)

    found = nango("getToken", "form-api-key", connected["connectionId"])

    assert (found["type"], found["apiKey"]) == ("API_KEY", key["apiKey"])
    table.works("getToken of an API key")
    assert nango("getRawTokenResponse", "form-api-key", connected["connectionId"]) == key
    table.differs("getRawTokenResponse of an API key", "what was filled in, instead of nothing")


def test_options_of_the_client(
    scene: Scene, nango: NodeClient, table: ClientsTable, connection: str
) -> None:
    host = scene.carrick.base_url + "/"
    key = scene.carrick.description["api_key"]
    with_alias = {"apiKey": None, "secretKey": key, "host": host, "webhookSigningKey": None}
    assert nango("getToken", DEMO, connection, **with_alias)
    table.works("new Nango({secretKey})")


def test_the_table_is_what_was_seen(table: ClientsTable) -> None:
    table.hold()
