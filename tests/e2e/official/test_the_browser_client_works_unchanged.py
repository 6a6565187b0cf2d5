"""``@nangohq/frontend`` as npm has it, in an application on another origin (contract §4)."""

from collections.abc import Iterator

import pytest

from tests.e2e.forms import FORMS, Form
from tests.e2e.official.application import Application
from tests.e2e.official.clients_table import ClientsTable
from tests.e2e.official.conftest import NewSession
from tests.e2e.scene import LASTING, Body, Scene
from tests.support.authorization_server import CLIENT_SECRET
from tests.support.oauth1_server import CLIENT_ID

DEMO = "demo"


@pytest.fixture(scope="module")
def table() -> ClientsTable:
    return ClientsTable("browser client")


def credentials(scene: Scene, connected: Body) -> Body:
    path = f"/connections/{connected['connectionId']}"
    query = f"provider_config_key={connected['providerConfigKey']}"
    found: Body = scene.carrick.must("GET", f"{path}?{query}")["credentials"]
    return found


def test_auth_in_a_popup(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    popup = application.begin_popup(token("popup"), "auth", DEMO)
    popup.get_by_role("button", name="Approve").click()

    connected = application.outcome()["value"]

    assert connected["providerConfigKey"] == DEMO
    assert connected["isPending"] is False
    (row,) = scene.connections_of("popup")
    assert row["connection_id"] == connected["connectionId"]
    assert credentials(scene, connected)["type"] == "OAUTH2"
    table.works("auth: OAUTH2")


def test_auth_where_the_session_says_the_socket_is(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    session = token()
    told = scene.carrick.must("GET", "/connect/session", bearer=session)["data"]
    path = told["websocketsPath"]

    popup = application.begin_popup(session, "auth", DEMO, websocketsPath=path)
    popup.get_by_role("button", name="Approve").click()

    assert application.outcome()["value"]["providerConfigKey"] == DEMO
    table.works("new Nango({websocketsPath})")


def test_auth_at_a_strict_provider(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    """By way of the customer's own callback domain, at a certified authorization server."""
    options = {"authorization_params": {"prompt": "login consent"}, "params": {"region": "eu"}}
    popup = application.begin_popup(token("strict"), "auth", LASTING.key, options)
    application.approve(popup, "strict")

    connected = application.outcome()["value"]

    asked = next(sent.url for sent in application.visitor.sent if "/auth?" in sent.url)
    assert "prompt=login%20consent" in asked.replace("+", "%20")
    read = credentials(scene, connected)
    assert scene.provider.userinfo_status(read["access_token"]) == 200
    table.works("auth with params, authorization_params")


@pytest.fixture
def oauth1(scene: Scene) -> Iterator[str]:
    """An integration of the provider of OAuth 1.0a, for one test only: others count."""
    client = {"type": "OAUTH1", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    body = {"provider": "oauth1", "unique_key": "oauth1", "credentials": client}
    scene.carrick.must("POST", "/integrations", body)
    yield "oauth1"
    scene.carrick.must("DELETE", "/integrations/oauth1")


def test_auth_at_a_provider_of_oauth1(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable, oauth1: str
) -> None:
    application.begin_popup(token("older"), "auth", oauth1)

    connected = application.outcome()["value"]

    read = credentials(scene, connected)
    assert read["type"] == "OAUTH1"
    assert read["oauth_token"] in scene.oauth1.records.access
    table.works("auth: OAUTH1")


@pytest.mark.parametrize("form", [form for form in FORMS if form.given], ids=lambda f: f.mode)
def test_auth_by_form(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable, form: Form
) -> None:
    scene.api.answers |= form.answers
    session = token()

    outcome = application.call(session, "auth", form.name, {"credentials": form.given})

    assert "value" in outcome, outcome
    connected = outcome["value"]

    assert connected["providerConfigKey"] == form.name
    assert form.stored.items() <= credentials(scene, connected).items()
    table.works(f"auth: {form.mode}")


def test_create_without_credentials(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    connected = application.call(token(), "create", "form-none")["value"]

    assert credentials(scene, connected) == {"type": "NONE", "raw": {}}
    table.works("create: NONE")


def test_reconnect_in_a_popup(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    approve = application.begin_popup(token("again"), "auth", DEMO)
    approve.get_by_role("button", name="Approve").click()
    first = application.outcome()["value"]
    before = credentials(scene, first)["access_token"]

    popup = application.begin_popup(scene.reconnect_session(first), "reconnect", DEMO)
    popup.get_by_role("button", name="Approve").click()

    assert application.outcome()["value"] == first
    assert credentials(scene, first)["access_token"] != before
    table.works("reconnect: OAUTH2")


def test_reconnect_by_form(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    scene.api.answers |= {"GET /verified": (200, {})}
    key = {"credentials": {"apiKey": "canary-secret-first-key"}}
    first = application.call(token(), "auth", "form-api-key", key)["value"]

    session = scene.reconnect_session(first)
    key = {"credentials": {"apiKey": "canary-secret-second-key"}}
    again = application.call(session, "reconnect", "form-api-key", key)["value"]

    assert again["connectionId"] == first["connectionId"]
    assert credentials(scene, first)["apiKey"] == "canary-secret-second-key"
    table.works("reconnect: API_KEY")


def test_clear_closes_the_window(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    popup = application.begin_popup(token(), "auth", DEMO)
    popup.get_by_role("button", name="Approve").wait_for()
    with popup.expect_event("close"):
        application.page.evaluate("window.client.clear()")
    table.works("clear")


def test_an_id_of_the_applications_own(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    """With a connect session Nango refuses it as well."""
    application.begin_popup(token(), "auth", DEMO, "my-own-id")

    assert application.outcome()["error"]["type"] == "invalid_query_params"
    table.works("auth with a connection id")


def test_a_client_of_the_end_users_own(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    override = {
        "oauth_client_id_override": "own",
        "oauth_client_secret_override": "canary-secret-own-client",
    }
    application.begin_popup(token(), "auth", DEMO, {"credentials": override})

    assert application.outcome()["error"]["type"] == "invalid_query_params"
    why = (
        "the promise fails with `invalid_query_params`: the client would put a secret in an address"
    )
    table.absent("auth with oauth_client_id_override", why)


def test_the_table_is_what_was_seen(table: ClientsTable) -> None:
    table.hold()
