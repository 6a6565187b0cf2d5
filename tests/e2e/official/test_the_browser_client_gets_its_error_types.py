"""Promises of ``@nangohq/frontend`` fail with the types that applications know (contract §4.7)."""

import pytest

from tests.e2e.forms import FORMS
from tests.e2e.official.application import Application
from tests.e2e.official.clients_table import ClientsTable
from tests.e2e.official.conftest import NewSession
from tests.e2e.scene import LASTING, TENANT, Body, Scene

DEMO = "demo"
KEY = {"credentials": {"apiKey": "canary-secret-key"}}


@pytest.fixture(scope="module")
def table() -> ClientsTable:
    return ClientsTable("error types")


def type_of(outcome: Body) -> str:
    assert "error" in outcome, outcome
    assert outcome["error"]["name"] == "AuthError"
    assert outcome["error"]["message"]
    return str(outcome["error"]["type"])


def test_credentials_that_the_provider_refuses(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    for form in FORMS:
        if form.refused:
            scene.api.answers |= form.refusals
            outcome = application.call(token(), "auth", form.name, {"credentials": form.given})
            assert type_of(outcome) == form.refused
            table.works(form.refused)


def test_a_person_who_refuses(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    popup = application.begin_popup(token(), "auth", DEMO)
    popup.get_by_role("button", name="Deny").click()

    assert type_of(application.outcome()) == "callback_err"
    table.works("callback_err")


def test_another_account(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable, scripted: str
) -> None:
    tokens = {"access_token": "canary-secret-token", "expires_in": 3600}
    scene.api.answers["POST /oauth2/token"] = (200, {**tokens, "account": "ada"})
    popup = application.begin_popup(token(), "auth", scripted)
    popup.get_by_role("button", name="Approve").click()
    connected = application.outcome()["value"]

    scene.api.answers["POST /oauth2/token"] = (200, {**tokens, "account": "eve"})
    popup = application.begin_popup(scene.reconnect_session(connected), "reconnect", scripted)
    popup.get_by_role("button", name="Approve").click()

    assert type_of(application.outcome()) == "connection_validation_failed"
    table.works("connection_validation_failed")


def test_tokens_that_the_provider_does_not_give(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable, scripted: str
) -> None:
    scene.api.answers["POST /oauth2/token"] = (401, {"error": "invalid_client"})
    popup = application.begin_popup(token(), "auth", scripted)
    popup.get_by_role("button", name="Approve").click()

    assert type_of(application.outcome()) == "unknown_err"
    table.works("unknown_err")


def test_a_public_key(application: Application, table: ClientsTable) -> None:
    key = "00000000-0000-4000-8000-000000000000"
    application.begin_popup("", "auth", DEMO, publicKey=key)

    assert type_of(application.outcome()) == "deprecated_authentication"
    why = "for every public key, as Nango answers new accounts: use a connect session"
    table.differs("deprecated_authentication", why)


def test_a_window_that_is_closed(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    popup = application.begin_popup(token(), "auth", DEMO, {"detectClosedAuthWindow": True})
    popup.get_by_role("button", name="Approve").wait_for()
    popup.close()

    assert type_of(application.outcome()) == "window_closed"
    table.works("window_closed")


def test_a_window_that_is_closed_unwatched_may_come_back(
    scene: Scene, application: Application, token: NewSession
) -> None:
    """A promise that nobody asked to watch the window waits on, and is told of the success."""
    popup = application.begin_popup(token("comes-back"), "auth", DEMO)
    popup.get_by_role("button", name="Approve").wait_for()
    elsewhere = application.visitor.context.new_page()
    elsewhere.goto(popup.url)
    popup.close()

    elsewhere.get_by_role("button", name="Approve").click()

    (row,) = [application.outcome()["value"]]
    assert [each["connection_id"] for each in scene.connections_of("comes-back")] == [
        row["connectionId"]
    ]


def test_a_window_that_is_blocked(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    application.page.evaluate("window.open = () => null")

    assert type_of(application.call(token(), "auth", DEMO)) == "blocked_by_browser"
    table.works("blocked_by_browser")


def test_what_the_client_refuses_by_itself(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    outbound = {"installation": "outbound"}
    for error, outcome in {
        "missing_auth_token": application.call("", "auth", DEMO),
        "missing_connect_session_token": application.call("", "reconnect", DEMO),
        "invalid_host_url": application.call(token(), "auth", DEMO, host="nonsense"),
        "missing_credentials": application.call(token(), "auth", DEMO, outbound),
    }.items():
        assert type_of(outcome) == error
        table.works(error)


@pytest.mark.parametrize(
    ("error", "integration", "session"),
    [
        ("provider_config_err", "nobody", {}),
        ("integration_not_allowed", DEMO, {"allowed_integrations": [LASTING.key]}),
        ("url_param_err", TENANT.key, {}),
    ],
    ids=["unknown", "not-allowed", "value-missing"],
)
def test_what_carrick_refuses_in_a_popup(
    application: Application,
    token: NewSession,
    table: ClientsTable,
    error: str,
    integration: str,
    session: Body,
) -> None:
    application.begin_popup(token(**session), "auth", integration)

    assert type_of(application.outcome()) == error
    table.works(error)


def test_a_session_that_is_over(
    scene: Scene, application: Application, token: NewSession, table: ClientsTable
) -> None:
    over = token()
    scene.carrick.api("DELETE", "/connect/session", bearer=over)

    application.begin_popup(over, "auth", DEMO)
    assert type_of(application.outcome()) == "unknown_connect_session_token"
    form = application.call(over, "auth", "form-api-key", KEY)
    assert type_of(form) == "unknown_connect_session_token"
    table.works("unknown_connect_session_token")


def test_what_carrick_refuses_of_a_form(
    application: Application, token: NewSession, table: ClientsTable
) -> None:
    limited = token(allowed_integrations=[DEMO])
    for error, outcome in {
        "unknown_provider_config": application.call(token(), "auth", "nobody", KEY),
        "integration_not_allowed": application.call(limited, "auth", "form-api-key", KEY),
        "invalid_auth_mode": application.call(token(), "auth", "form-basic", KEY),
    }.items():
        assert type_of(outcome) == error
        table.works(error)


def test_a_page_that_the_session_does_not_list(scene: Scene, application: Application) -> None:
    elsewhere = scene.session(allowed_origins=["https://app.example"])["token"]

    outcome = application.call(elsewhere, "create", "form-none")

    # The browser keeps the answer from the page, whose client sees that the request failed.
    assert outcome["error"]["name"] == "TypeError"
    assert [text for text in application.visitor.complaints if "CORS policy" in text]
    application.visitor.complaints.clear()
    assert scene.carrick.must("GET", "/connections?integrationId=form-none")["connections"] == []


def test_the_table_is_what_was_seen(table: ClientsTable) -> None:
    table.hold()
