"""``openConnectUI`` of ``@nangohq/frontend`` with Carrick's Connect page as its base URL (§3)."""

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.e2e.official.application import Application
from tests.e2e.official.clients_table import ClientsTable
from tests.e2e.official.conftest import NewSession
from tests.e2e.scene import Scene

DEMO, FORM = "demo", "form-api-key"
KEY = "canary-secret-key-of-the-ui"


@pytest.fixture(scope="module")
def table() -> ClientsTable:
    return ClientsTable("Connect UI")


def press(ui: FrameLocator, button: str) -> None:
    ui.get_by_role("button", name=button, exact=True).click()


def test_a_connection_by_form(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    scene.api.answers["GET /verified"] = (200, {})
    session = token("ui-form", allowed_integrations=[FORM])
    ui = application.open_connect_ui(sessionToken=session)
    ui.get_by_label("API key").fill(KEY)
    press(ui, "Connect")
    expect(ui.get_by_role("heading", level=1)).to_have_text("Connected")

    ready, connected = application.events("ready", "connect")
    assert ready == {"type": "ready"}
    (row,) = scene.connections_of("ui-form")
    assert connected["payload"] == {
        "providerConfigKey": FORM,
        "connectionId": row["connection_id"],
        "isPending": False,
    }
    table.works("openConnectUI({sessionToken, baseURL, apiURL, onEvent})")
    table.works("event: ready")
    table.works("event: connect")

    press(ui, "Finish")
    application.events("ready", "connect", "close")
    expect(application.page.locator("#connect-ui")).to_have_count(0)
    table.works("event: close")
    pages = [sent.url for sent in application.visitor.sent if "/connect/?" in sent.url]
    assert pages
    assert session not in " ".join(pages)


def test_a_connection_by_popup(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    session = token("ui-popup", allowed_integrations=[DEMO])
    ui = application.open_connect_ui(sessionToken=session)
    with application.page.expect_popup() as popup:
        press(ui, "Continue")
    popup.value.get_by_role("button", name="Approve").click()

    told = application.events("ready", "connect")[-1]["payload"]
    (row,) = scene.connections_of("ui-popup")
    assert told["connectionId"] == row["connection_id"]
    table.works("openConnectUI for OAUTH2")


def test_what_fails_is_told(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    scene.api.answers["GET /verified"] = (401, {})
    ui = application.open_connect_ui(sessionToken=token(allowed_integrations=[FORM]))
    ui.get_by_label("API key").fill(KEY)
    press(ui, "Connect")

    payload = application.events("ready", "error")[-1]["payload"]

    assert payload["errorType"] == "connection_test_failed"
    assert payload["errorMessage"]
    table.works("event: error")


def test_a_window_that_is_closed_is_told(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    session = token(allowed_integrations=[DEMO])
    ui = application.open_connect_ui(sessionToken=session, detectClosedAuthWindow=True)
    with application.page.expect_popup() as popup:
        press(ui, "Continue")
    popup.value.get_by_role("button", name="Approve").wait_for()
    popup.value.close()

    assert application.events("ready", "error")[-1]["payload"]["errorType"] == "window_closed"
    table.works("openConnectUI({detectClosedAuthWindow})")


def test_a_token_that_comes_later(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    ui = application.open_connect_ui(lang="fr", themeOverride="dark")
    application.events("ready")
    application.page.evaluate(
        "(token) => window.ui.setSessionToken(token)", token(allowed_integrations=[FORM])
    )

    expect(ui.get_by_label("API key")).to_be_visible()
    expect(ui.locator("html")).to_have_attribute("lang", "fr")
    table.works("setSessionToken")
    table.works("openConnectUI({lang, themeOverride})")


def test_a_session_that_is_over(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    over = token()
    scene.carrick.api("DELETE", "/connect/session", bearer=over)
    ui = application.open_connect_ui(sessionToken=over)

    expect(ui.get_by_role("heading", level=1)).to_have_text("This link has expired")


def test_the_table_is_what_was_seen(table: ClientsTable) -> None:
    table.hold()
