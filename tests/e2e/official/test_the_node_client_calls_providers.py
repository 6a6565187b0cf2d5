"""``@nangohq/node`` as npm has it: requests to a provider's API through Carrick (contract §11)."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.official.clients_table import ClientsTable
from tests.e2e.official.node_client import NodeClient
from tests.e2e.scene import Body, Scene

KEY = "canary-secret-proxied"
INTEGRATION = "form-api-key"


@pytest.fixture(scope="module")
def table() -> ClientsTable:
    return ClientsTable("node client: requests")


@pytest.fixture(scope="module")
def place(scene: Scene, forms: None) -> Iterator[Body]:
    """A connection, as the client names it in each request."""
    scene.api.answers["GET /verified"] = (200, {})
    token = scene.session("proxied")["token"]
    path = f"/api-auth/api-key/{INTEGRATION}?connect_session_token={token}"
    connected = scene.carrick.must("POST", path, {"apiKey": KEY})
    yield {"providerConfigKey": INTEGRATION, "connectionId": connected["connectionId"]}
    scene.api.answers.clear()


def test_get(scene: Scene, nango: NodeClient, table: ClientsTable, place: Body) -> None:
    scene.api.answers["GET /items"] = (200, {"items": ["é"]})
    request = {"endpoint": "/items", "params": {"q": "a b"}, "headers": {"x-own": "1"}}

    answer = nango("get", {**place, **request})

    assert (answer["status"], answer["data"]) == (200, {"items": ["é"]})
    (asked,) = scene.api.of("/items")
    assert asked.path.replace("+", "%20") == "/items?q=a%20b"
    assert (asked.headers["x-key"], asked.headers["x-own"]) == (KEY, "1")
    table.works("get")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_methods_with_a_body(
    scene: Scene, nango: NodeClient, table: ClientsTable, place: Body, method: str
) -> None:
    scene.api.answers[f"{method.upper()} /{method}ed"] = (200, {"done": True})

    answer = nango(method, {**place, "endpoint": f"/{method}ed", "data": {"name": "é"}})

    assert answer["data"] == {"done": True}
    (asked,) = scene.api.of(f"/{method}ed")
    assert (asked.method, json.loads(asked.body)) == (method.upper(), {"name": "é"})
    assert asked.headers["content-type"].startswith("application/json")
    table.works(method)


def test_proxy(scene: Scene, nango: NodeClient, table: ClientsTable, place: Body) -> None:
    scene.api.answers["POST /made"] = (201, {"id": 1}, {"x-of-the-provider": "yes"})

    answer = nango("proxy", {**place, "method": "POST", "endpoint": "made", "data": {}})

    assert answer["data"] == {"id": 1}
    table.works("proxy")
    assert (answer["status"], answer["headers"]["x-of-the-provider"]) == (201, "yes")
    table.differs("proxy: answer", "the provider's status and headers pass as they are")


def test_another_try(scene: Scene, nango: NodeClient, table: ClientsTable, place: Body) -> None:
    scene.api.answers["GET /shaky"] = [(503, {}), (200, {"at": "last"})]

    answer = nango("get", {**place, "endpoint": "/shaky", "retries": 1})

    assert answer["data"] == {"at": "last"}
    table.works("get({retries})")


def test_errors_of_the_provider(
    scene: Scene, nango: NodeClient, table: ClientsTable, place: Body
) -> None:
    scene.api.answers["GET /gone"] = (410, {"why": "it is gone"})

    error = nango.fails("get", {**place, "endpoint": "/gone"})

    assert (error.status, error.data) == (410, {"why": "it is gone"})
    table.works("errors of the provider: response.status, response.data")


def test_another_host(nango: NodeClient, table: ClientsTable, place: Body) -> None:
    elsewhere = {"endpoint": "/x", "baseUrlOverride": "https://elsewhere.example"}

    error = nango.fails("get", {**place, **elsewhere})

    assert (error.status, error.code) == (400, "base_url_override_not_allowed")
    table.differs("get({baseUrlOverride})", "known hosts only: a key would be sent anywhere else")


def test_the_table_is_what_was_seen(table: ClientsTable) -> None:
    table.hold()
