"""``@nangohq/node`` as npm has it: catalog, integrations, webhooks, and what is not there."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.official.clients_table import ClientsTable, calls_in_tables
from tests.e2e.official.flows import connect
from tests.e2e.official.node_client import NodeClient
from tests.e2e.scene import Body, Scene

KEY = "node-made"
CLIENT = {
    "type": "OAUTH2",
    "client_id": "first",
    "client_secret": "canary-secret-first",
    "scopes": "repo,user:email",
}
NO_SYNCS = "no syncs, actions or functions: 404"
ABSENT = {
    "getProviderTemplates": ({"provider": "github"},),
    "listFunctions": ({"uniqueKey": "demo"},),
    "getFunction": ({"uniqueKey": "demo", "functionName": "f"},),
    "getFunctionCode": ({"uniqueKey": "demo", "functionName": "f"},),
    "deleteFunction": ({"uniqueKey": "demo", "functionName": "f"}, {"type": "action"}),
    "getScriptsConfig": (),
    "listRecords": ({"providerConfigKey": "demo", "connectionId": "c", "model": "M"},),
    "pruneRecords": (
        {"providerConfigKey": "demo", "connectionId": "c", "model": "M", "untilCursor": "x"},
    ),
    "triggerSync": ("demo", ["s"], "c"),
    "startSync": ("demo", ["s"], "c"),
    "pauseSync": ("demo", ["s"], "c"),
    "syncStatus": ("demo", ["s"], "c"),
    "updateSyncConnectionFrequency": ("demo", "s", "c", "1h"),
    "createSyncVariant": (
        {"provider_config_key": "demo", "connection_id": "c", "name": "s", "variant": "v"},
    ),
    "deleteSyncVariant": (
        {"provider_config_key": "demo", "connection_id": "c", "name": "s", "variant": "v"},
    ),
    "triggerAction": ("demo", "c", "a"),
    "triggerActionAsync": ("demo", "c", "a"),
    "getAsyncActionResult": ({"id": "a"},),
}
NOT_YET = {
    "createQuickstartIntegration": ({"provider": "github"},),
}
INNER = {
    "constructor",
    "_triggerAction",
    "_verifyWebhookSignatureImpl",
    "getConnectionDetails",
    "enrichHeaders",
}


@pytest.fixture(scope="module")
def table() -> ClientsTable:
    return ClientsTable("node client: the rest")


@pytest.fixture(scope="module")
def integration(scene: Scene, nango: NodeClient) -> Iterator[Body]:
    body = {
        "provider": "github",
        "unique_key": KEY,
        "display_name": "Made by Node",
        "credentials": CLIENT,
    }
    created: Body = nango("createIntegration", body)["data"]
    yield created
    scene.carrick.api("DELETE", f"/integrations/{KEY}")


def test_providers(nango: NodeClient, table: ClientsTable) -> None:
    listed = nango("listProviders", {})["data"]
    assert len(listed) > 1_000
    found = {entry["name"]: entry for entry in nango("listProviders", {"search": "github"})["data"]}
    assert "github" in found
    assert len(found) < 50
    table.works("listProviders")

    provider = nango("getProvider", {"provider": "github"})["data"]
    assert (provider["display_name"], provider["auth_mode"]) == ("GitHub (User OAuth)", "OAUTH2")
    assert provider["authorization_url"].startswith("https://github.com/")
    error = nango.fails("getProvider", {"provider": "nobody"})
    assert error.status == 404
    table.works("getProvider")


def test_environment_variables(nango: NodeClient, table: ClientsTable) -> None:
    assert nango("getEnvironmentVariables") == []
    table.works("getEnvironmentVariables")


def test_create_integration(nango: NodeClient, table: ClientsTable, integration: Body) -> None:
    assert (integration["unique_key"], integration["provider"]) == (KEY, "github")
    assert integration["display_name"] == "Made by Node"
    assert "credentials" not in integration
    body = {"provider": "github", "unique_key": KEY, "credentials": CLIENT}
    error = nango.fails("createIntegration", body)
    assert (error.status, error.code) == (400, "invalid_body")
    table.works("createIntegration")


def test_list_integrations(nango: NodeClient, table: ClientsTable, integration: Body) -> None:
    configs = nango("listIntegrations")["configs"]

    assert integration["unique_key"] in {config["unique_key"] for config in configs}
    assert {"unique_key", "provider", "display_name", "logo", "created_at", "updated_at"} <= set(
        configs[0]
    )
    table.works("listIntegrations")


def test_get_integration(nango: NodeClient, table: ClientsTable, integration: Body) -> None:
    place = {"uniqueKey": integration["unique_key"]}
    assert nango("getIntegration", place)["data"]["provider"] == "github"

    shown = nango("getIntegration", place, {"include": ["credentials"]})["data"]["credentials"]
    assert shown["client_secret"] == CLIENT["client_secret"]
    shown = nango("getIntegration", place, {"include": ["webhook"]})["data"]
    assert "webhook_url" in shown
    assert nango.fails("getIntegration", {"uniqueKey": "nobody"}).status == 404
    table.works("getIntegration")


def test_update_integration(nango: NodeClient, table: ClientsTable, integration: Body) -> None:
    place = {"uniqueKey": integration["unique_key"]}
    body = {"display_name": "Renamed", "credentials": {**CLIENT, "client_id": "second"}}
    assert nango("updateIntegration", place, body)["data"]["display_name"] == "Renamed"

    shown = nango("getIntegration", place, {"include": ["credentials"]})["data"]
    assert shown["credentials"]["client_id"] == "second"
    table.works("updateIntegration")


def test_delete_integration(nango: NodeClient, table: ClientsTable) -> None:
    body = {"provider": "github", "unique_key": "doomed", "credentials": CLIENT}
    nango("createIntegration", body)

    answer = nango("deleteIntegration", "doomed")

    assert (answer["status"], answer["data"]) == (200, {"success": True})
    assert nango.fails("getIntegration", {"uniqueKey": "doomed"}).status == 404
    table.works("deleteIntegration")


def test_webhooks_as_they_were_delivered(
    scene: Scene, nango: NodeClient, table: ClientsTable
) -> None:
    seen = len(scene.receiver.deliveries)
    token = scene.session("élan", tags={"note": 'naïve ☂ "quoted" </x>'})["token"]
    connection = connect(scene, token)
    delivery, _ = scene.webhook(lambda event: event.get("connectionId") == connection, after=seen)
    body, headers = delivery.body.decode(), dict(delivery.headers)
    changed = body.replace(connection, "another")
    legacy = {"secretKey": scene.carrick.description["webhook_signing_key"], "apiKey": None}

    assert nango("verifyIncomingWebhookRequest", body, headers) is True
    assert nango("verifyIncomingWebhookRequest", changed, headers) is False
    assert nango("verifyIncomingWebhookRequest", body, {}) is False
    table.works("verifyIncomingWebhookRequest")

    signature = headers["x-nango-signature"]
    legacy["webhookSigningKey"] = None
    assert nango("verifyWebhookSignature", signature, json.loads(body), **legacy) is True
    assert nango("verifyWebhookSignature", signature, json.loads(changed), **legacy) is False
    table.works("verifyWebhookSignature")


def test_what_is_not_there_yet(nango: NodeClient, table: ClientsTable) -> None:
    for method, args in NOT_YET.items():
        assert nango.fails(method, *args).status == 404, method
        table.absent(method, "not in this version: 404")


def test_what_is_not_there(nango: NodeClient, table: ClientsTable) -> None:
    for method, args in ABSENT.items():
        assert nango.fails(method, *args).status == 404, method
        table.absent(method, NO_SYNCS)


def test_the_table_is_what_was_seen(table: ClientsTable) -> None:
    table.hold()


def test_every_method_is_in_a_table(nango: NodeClient) -> None:
    assert sorted(set(nango("")) - INNER - calls_in_tables()) == []
