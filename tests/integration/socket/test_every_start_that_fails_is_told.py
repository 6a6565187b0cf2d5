"""The official client waits for its socket only: each way a start can fail must reach it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from carrick import identifiers
from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.aws_relay import aws_relay
from tests.support.sockets import BrowserSocket
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

Browser = Callable[[], BrowserSocket]
UNKNOWN_TOKEN = identifiers.SESSION_TOKEN_PREFIX + "0" * 64
ALLOWED = ["test", "zendesk", "keyed", "app", "abandoned"]


@dataclass(frozen=True)
class Failure:
    """A start that fails: the type of its error, the status of its page, and what was asked for.

    ``query`` is added to the session's token; ``instead`` stands in its place.
    """

    error_type: str
    status: int = 400
    integration: str = "test"
    query: str = ""
    instead: str = ""


FAILURES = {
    "no session": Failure("missing_connect_session_token", 401, instead="user_scope=x"),
    "a public key": Failure("deprecated_authentication", 401, instead="public_key=x"),
    "no token": Failure(
        "invalid_connect_session_token_format", 401, instead="connect_session_token=canary-secret"
    ),
    "an unknown session": Failure(
        "unknown_connect_session_token", 401, instead=f"connect_session_token={UNKNOWN_TOKEN}"
    ),
    "a parameter twice": Failure("invalid_query_params", query="user_scope=a&user_scope=b"),
    "a parameter in two forms": Failure("invalid_query_params", query="params=a&params[b]=c"),
    "a connection of its own choice": Failure("invalid_query_params", query="connection_id=mine"),
    "a client of its own": Failure(
        "invalid_query_params", query="credentials%5Boauth_client_id_override%5D=x"
    ),
    "no such name of an integration": Failure("invalid_uri_params", integration="%23"),
    "an integration that is not allowed": Failure("integration_not_allowed", integration="other"),
    "an integration that is gone": Failure("provider_config_err", integration="gone"),
    "an integration without a client": Failure("provider_config_err", integration="keyed"),
    "an integration of another mode": Failure("auth_mode_err", integration="app"),
    "a provider that is gone": Failure("unknown_config_key", integration="abandoned"),
    "config that is missing": Failure("url_param_err", integration="zendesk"),
    "config of another form": Failure(
        "url_param_err", integration="zendesk", query="params%5Bsubdomain%5D=evil.example/"
    ),
}


@pytest.fixture
def various(
    tenant: Tenant, server: AuthorizationServer, stack: RunningStack, tmp_path: Path
) -> Tenant:
    """A customer with integrations that fail in their own ways, in the stack's catalog."""
    for name, mode in (("key-provider", "API_KEY"), ("app-provider", "TBA"), ("brief", "")):
        facts = {"auth_mode": f'"{mode}"'} if mode else {}
        write_provider(tmp_path, server.url, name, **facts)
    client = {"client_id": "c", "client_secret": "canary-secret-client"}
    tenant.integrate("zendesk", "zendesk")
    tenant.integrate("other")
    tenant.integrate("gone")
    tenant.integrate("abandoned", "brief")
    tenant.integrate("app", "app-provider", credentials={"type": "TBA", **client})
    tenant.call("POST", "/integrations", {"provider": "key-provider", "unique_key": "keyed"})
    # A provider that went over to OAuth 2: nobody has given the integration a client yet.
    write_provider(tmp_path, server.url, "key-provider")
    assert tenant.session(allowed_integrations=[*ALLOWED, "gone"])
    return tenant


@pytest.mark.parametrize("name", FAILURES)
def test_a_start_that_fails_is_told(
    various: Tenant, browser: Browser, stack: RunningStack, tmp_path: Path, name: str
) -> None:
    failure, waiting = FAILURES[name], browser()
    token = various.session(allowed_integrations=[*ALLOWED, "gone"])
    various.call("DELETE", "/integrations/gone")
    (tmp_path / "brief.toml").unlink()
    stack.set()

    page = start(stack, failure, token, waiting)

    assert page.status == failure.status, page.text
    assert page.headers["content-type"].startswith("text/html")
    (told,) = waiting.results
    assert (told["message_type"], told["error_type"]) == ("error", failure.error_type)
    assert told["provider_config_key"] == failure.integration.replace("%23", "#")
    assert told["error_desc"]
    assert "canary-secret" not in told["error_desc"]
    assert stack.items("FlowsTable") == []


@pytest.mark.parametrize("ending", ["deleted", "expired"])
def test_a_session_that_has_ended_is_told(
    tenant: Tenant, browser: Browser, stack: RunningStack, ending: str
) -> None:
    token, waiting = tenant.session(), browser()
    if ending == "deleted":
        stack.http("DELETE", "/connect/session", headers={"authorization": f"Bearer {token}"})
    else:
        (row,) = stack.items("SessionsTable")
        stack.update("SessionsTable", {"pk": row["pk"]}, expires_at=0)

    start(stack, Failure("unknown_connect_session_token"), token, waiting)

    assert [told["error_type"] for told in waiting.results] == ["unknown_connect_session_token"]


@pytest.mark.parametrize(
    ("operation", "code"),
    [("PutItem", "ValidationException"), ("GenerateDataKey", "DisabledException")],
)
def test_an_outage_is_told(
    tenant: Tenant, browser: Browser, stack: RunningStack, operation: str, code: str
) -> None:
    token, waiting = tenant.session(), browser()
    with aws_relay(stack) as relay:
        relay.fail[operation] = code

        page = start(stack, Failure("unknown_err"), token, waiting)

    assert page.status == 500
    assert [told["error_type"] for told in waiting.results] == ["unknown_err"]


def test_a_renewal_that_fails_names_its_connection(
    tenant: Tenant, server: AuthorizationServer, browser: Browser, stack: RunningStack
) -> None:
    made, waiting = tenant.connect(server), browser()
    tenant.integrate("other")

    token = tenant.reconnect_session(made)
    start(stack, Failure("integration_not_allowed", integration="other"), token, waiting)

    assert [told["connection_id"] for told in waiting.results] == [made]


def test_a_start_that_succeeds_tells_nothing_yet(
    tenant: Tenant, browser: Browser, stack: RunningStack
) -> None:
    waiting = browser()

    page = start(stack, Failure(""), tenant.session(), waiting)

    assert page.status == 302
    assert waiting.results == []


def start(stack: RunningStack, failure: Failure, token: str, waiting: BrowserSocket) -> Response:
    """Send the browser to the start, with its socket's name as the official client writes it."""
    parts = [failure.instead or f"connect_session_token={token}"]
    parts += [failure.query] if failure.query else []
    parts += [f"ws_client_id={waiting.ws_client_id.replace('=', '%3D')}"]
    return stack.http("GET", f"/oauth/connect/{failure.integration}?{'&'.join(parts)}")
