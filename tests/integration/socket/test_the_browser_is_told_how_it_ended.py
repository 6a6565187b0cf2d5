"""After the callback, who named a socket at the start is told there; the page stays the same."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.authorization_server import AuthorizationServer
from tests.support.aws_relay import DYNAMODB, aws_relay
from tests.support.sockets import BrowserSocket
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

NOBODY = "http://127.0.0.1:9/socket"
Browser = Callable[[], BrowserSocket]


def go(tenant: Tenant, server: AuthorizationServer, ws_client_id: str, token: str = "") -> Response:
    """A flow as the official client has it, and the page at its end."""
    token = token or tenant.session()
    started = tenant.start(token, query=f"&ws_client_id={ws_client_id}" if ws_client_id else "")
    assert started.status == 302, started.text
    return tenant.back(server.authorize(started.headers["location"]), started.cookies)


def test_success_names_the_connection(
    tenant: Tenant, server: AuthorizationServer, browser: Browser
) -> None:
    waiting = browser()

    page = go(tenant, server, waiting.ws_client_id)

    assert page.status == 200
    (row,) = tenant.call("GET", "/connections").json()["connections"]
    assert waiting.results == [
        {
            "message_type": "success",
            "provider_config_key": "test",
            "connection_id": row["connection_id"],
            "is_pending": False,
        }
    ]


def test_a_renewed_connection_is_told_by_its_name(
    tenant: Tenant, server: AuthorizationServer, browser: Browser
) -> None:
    made = tenant.connect(server)
    waiting = browser()

    go(tenant, server, waiting.ws_client_id, tenant.reconnect_session(made))

    (told,) = waiting.results
    assert (told["message_type"], told["connection_id"]) == ("success", made)


def test_a_refusal_at_the_provider_is_an_error(tenant: Tenant, browser: Browser) -> None:
    waiting = browser()
    started = tenant.start(tenant.session(), query=f"&ws_client_id={waiting.ws_client_id}")
    state = parse_qs(urlsplit(started.headers["location"]).query)["state"][0]

    denied = f"/oauth/callback/test?error=access_denied&state={state}"
    page = tenant.back(denied, started.cookies)

    assert page.status == 400
    (told,) = waiting.results
    assert told.keys() == {
        "message_type",
        "provider_config_key",
        "connection_id",
        "error_type",
        "error_desc",
    }
    assert (told["message_type"], told["error_type"]) == ("error", "callback_err")
    assert "access_denied" in told["error_desc"]
    assert told["provider_config_key"] == "test"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((400, {}, b'{"error":"invalid_grant"}'), "unknown_err"),
        ((500, {}, b"canary-secret in a stack trace"), "unknown_err"),
        ((200, {}, b"not a token"), "unknown_err"),
    ],
)
def test_a_failed_exchange_is_an_error(
    tenant: Tenant,
    server: AuthorizationServer,
    browser: Browser,
    answer: tuple[int, dict[str, str], bytes],
    expected: str,
) -> None:
    waiting = browser()
    server.switches.answer = answer

    assert go(tenant, server, waiting.ws_client_id).status == 400

    (told,) = waiting.results
    assert told["error_type"] == expected
    assert "canary-secret" not in told["error_desc"]


def test_another_account_than_before_is_a_failed_validation(
    tenant: Tenant, server: AuthorizationServer, browser: Browser
) -> None:
    made = tenant.connect(server)
    waiting = browser()
    server.switches.account = "another"

    go(tenant, server, waiting.ws_client_id, tenant.reconnect_session(made))

    (told,) = waiting.results
    assert (told["error_type"], told["connection_id"]) == ("connection_validation_failed", made)


def test_a_session_that_was_ended_meanwhile_is_an_error(
    tenant: Tenant, server: AuthorizationServer, browser: Browser, stack: RunningStack
) -> None:
    waiting, token = browser(), tenant.session()
    started = tenant.start(token, query=f"&ws_client_id={waiting.ws_client_id}")
    stack.http("DELETE", "/connect/session", headers={"authorization": f"Bearer {token}"})

    tenant.back(server.authorize(started.headers["location"]), started.cookies)

    (told,) = waiting.results
    assert told["error_type"] == "account_or_environment_retrieval_err"


def test_what_nobody_expected_is_told_too(
    tenant: Tenant, server: AuthorizationServer, browser: Browser, stack: RunningStack
) -> None:
    waiting = browser()
    with aws_relay(stack) as relay:
        relay.fail["TransactWriteItems"] = "ValidationException"

        page = go(tenant, server, waiting.ws_client_id)

    assert page.status == 500
    (told,) = waiting.results
    assert (told["message_type"], told["error_type"]) == ("error", "unknown_err")
    assert "ValidationException" not in told["error_desc"]


def test_who_comes_back_in_another_browser_tells_nobody(
    tenant: Tenant, server: AuthorizationServer, browser: Browser
) -> None:
    waiting = browser()
    started = tenant.start(tenant.session(), query=f"&ws_client_id={waiting.ws_client_id}")

    assert tenant.back(server.authorize(started.headers["location"]), {}).status == 400

    assert waiting.results == []


@pytest.mark.parametrize("how", ["vanish", "leave"])
def test_a_browser_that_has_gone_changes_nothing(
    tenant: Tenant, server: AuthorizationServer, browser: Browser, how: str
) -> None:
    waiting = browser()
    getattr(waiting, how)()

    page = go(tenant, server, waiting.ws_client_id)

    assert page.status == 200
    assert len(tenant.call("GET", "/connections").json()["connections"]) == 1
    assert waiting.results == []


def test_a_websocket_api_that_is_down_changes_nothing(
    tenant: Tenant, server: AuthorizationServer, browser: Browser, stack: RunningStack
) -> None:
    waiting = browser()
    stack.set(WEBSOCKET_ENDPOINT=NOBODY)

    page = go(tenant, server, waiting.ws_client_id)

    assert page.status == 200
    assert len(tenant.call("GET", "/connections").json()["connections"]) == 1


def test_telling_costs_one_request_to_dynamodb_and_only_if_somebody_waits(
    tenant: Tenant, server: AuthorizationServer, browser: Browser, stack: RunningStack
) -> None:
    waiting = browser()

    def requests(ws_client_id: str) -> int:
        token = tenant.session()
        relay.forget()
        go(tenant, server, ws_client_id, token)
        return relay.count(DYNAMODB)

    with aws_relay(stack) as relay:
        go(tenant, server, "")  # what warm functions remember, they know from here on
        assert requests(waiting.ws_client_id) == requests("") + 1
