"""APP and CUSTOM (contract §5.5, §5.6): tokens of an installation, and of who installed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app_server import AppServer, running_app_server
from tests.support.browser import Browser
from tests.support.private_keys import BASE64_PEM
from tests.support.redirect_peers import AppPeer
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant


@pytest.fixture
def server() -> Iterator[AppServer]:
    with running_app_server() as running:
        yield running


class Apps:
    """A customer with an integration of one mode, and the provider of it."""

    def __init__(self, stack: RunningStack, server: AppServer, folder: Path, mode: str) -> None:
        self.peer, self.server = AppPeer(server, mode), server
        self.peer.write_entry(folder)
        stack.set(PROVIDERS_OVERLAY_DIR=str(folder))
        self.tenant = Tenant(stack)
        self.tenant.integrate(credentials=self.peer.credentials)

    def install(self, token: str = "", **returns: str | None) -> Response:
        """Go, install, and come back."""
        self.server.returns = returns
        browser = Browser(self.tenant).start(token)
        return browser.back(self.peer.authorize(browser.location))

    def connection(self, query: str = "") -> dict[str, Any]:
        """The only connection, as it is read."""
        (row,) = self.tenant.call("GET", "/connections").json()["connections"]
        answer = self.tenant.read(row["connection_id"], query)
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def make_due(self, **values: Any) -> None:
        """Let the token's end be near."""
        (item,) = self.tenant.stack.items("ConnectionsTable")
        self.tenant.stack.update("ConnectionsTable", {"pk": item["pk"]}, **values)


@pytest.fixture
def apps(stack: RunningStack, server: AppServer, tmp_path: Path) -> Apps:
    return Apps(stack, server, tmp_path, "APP")


@pytest.fixture
def both(stack: RunningStack, server: AppServer, tmp_path: Path) -> Apps:
    return Apps(stack, server, tmp_path, "CUSTOM")


@pytest.mark.parametrize("mode", ["APP", "CUSTOM"])
def test_the_packaged_entries_lead_to_the_vendors_page(
    stack: RunningStack, server: AppServer, mode: str
) -> None:
    credentials = {**AppPeer(server, mode).credentials, "app_link": "https://github.com/apps/x/"}
    provider = "github-app" if mode == "APP" else "github-app-oauth"
    tenant = Tenant(stack)
    tenant.integrate(provider=provider, credentials=credentials)
    location = Browser(tenant).start().location

    assert location.startswith("https://github.com/apps/x/installations/new?state=")


def test_the_installations_token_is_read_and_renewed(apps: Apps) -> None:
    assert apps.install().status == 200
    connection = apps.connection()
    credentials = connection["credentials"]

    assert credentials.keys() == {"type", "access_token", "jwtToken", "expires_at", "raw"}
    assert credentials["type"] == "APP"
    assert credentials["raw"]["permissions"] == {"contents": "read"}
    assert connection["connection_config"] == {
        "app_id": "12345",
        "appPublicLink": "https://apps.example.com/x",
        "installation_id": "77",
    }
    apps.make_due(expires_at=1)
    assert apps.connection()["credentials"]["access_token"] != credentials["access_token"]


def test_the_apps_jwt_is_renewed_when_that_is_asked_for(apps: Apps) -> None:
    apps.install()
    asked, wish = len(apps.server.requests), "&refresh_github_app_jwt_token=true"
    first = apps.connection(wish)["credentials"]["jwtToken"]
    assert len(apps.server.requests) == asked

    apps.make_due(last_success_at=1)
    assert apps.connection()["credentials"]["jwtToken"] == first
    assert len(apps.server.requests) == asked
    assert apps.connection(wish)["credentials"]["access_token"]
    assert len(apps.server.requests) == asked + 1


def test_a_key_may_come_as_base64_of_its_file(apps: Apps) -> None:
    credentials = {**apps.peer.credentials, "private_key": BASE64_PEM}
    assert (
        apps.tenant.call("PATCH", "/integrations/test", {"credentials": credentials}).status == 200
    )
    assert apps.install().status == 200


@pytest.mark.parametrize(
    ("returns", "says"),
    [
        ({"setup_action": "request", "installation_id": None}, "has to approve"),
        ({"installation_id": None}, "which installation"),
        ({"installation_id": "77/../../x"}, "installation_id"),
        ({"installation_id": "78"}, "no longer installed"),
    ],
)
def test_what_is_no_installation_makes_nothing(
    apps: Apps, returns: dict[str, str | None], says: str
) -> None:
    answer = apps.install(**returns)

    assert (answer.status >= 400, says in answer.text) == (True, True), answer.text
    assert apps.tenant.stack.items("ConnectionsTable") == []


def test_a_reconnect_stays_with_its_installation(apps: Apps) -> None:
    apps.install()
    apps.server.installations["78"] = {"user-1"}
    token = apps.tenant.reconnect_session(apps.connection()["connection_id"])

    assert "another account" in apps.install(token, installation_id="78").text
    assert apps.connection()["connection_config"]["installation_id"] == "77"


def test_an_installation_that_was_removed_says_so(apps: Apps) -> None:
    apps.install()
    apps.server.installations.clear()
    apps.make_due(expires_at=1)
    (row,) = apps.tenant.call("GET", "/connections").json()["connections"]

    assert apps.tenant.read(row["connection_id"]).status == 424


def test_user_and_installation_are_read_together(both: Apps) -> None:
    assert both.install().status == 200
    connection = both.connection("&refresh_token=true")
    credentials = connection["credentials"]

    assert credentials["type"] == "APP"
    assert credentials["access_token"].startswith("canary-secret-installation-77")
    user = credentials["user"]
    assert user.keys() == {"type", "access_token", "refresh_token", "expires_at", "raw"}
    assert connection["connection_config"]["pending"] is False
    shown = both.connection()["credentials"]["user"]
    assert "refresh_token" not in shown
    assert shown["access_token"] == user["access_token"]


def test_an_installation_of_somebody_else_is_refused(both: Apps) -> None:
    both.server.installations["78"] = {"user-2"}
    answer = both.install(installation_id="78")

    assert answer.status == 400
    assert not [path for path, _ in both.server.requests if "/78/t" in path]
    assert both.tenant.stack.items("ConnectionsTable") == []


def test_nobody_is_believed_about_an_installation_without_a_code(both: Apps) -> None:
    answer = both.install(code=None, setup_action="update")

    assert (answer.status, "who installed" in answer.text) == (400, True)
    assert both.server.requests == []


def test_an_installation_that_waits_for_approval_is_pending(both: Apps) -> None:
    assert both.install(installation_id=None, setup_action="request").status == 200
    connection = both.connection()

    assert connection["credentials"]["type"] == "OAUTH2"
    assert connection["connection_config"]["pending"] is True
    # The same connection, once it is installed.
    token = both.tenant.reconnect_session(connection["connection_id"])
    assert both.install(token).status == 200
    assert both.connection()["connection_config"]["pending"] is False
    assert both.connection()["credentials"]["type"] == "APP"


def test_the_users_token_is_renewed_when_it_would_not_last(both: Apps) -> None:
    both.install()
    first = both.connection()["credentials"]
    both.make_due(expires_at=1)
    second = both.connection()["credentials"]
    assert second["access_token"] != first["access_token"]
    assert second["user"] == first["user"]

    both.server.user_seconds = 3_000
    token = both.tenant.reconnect_session(both.connection()["connection_id"])
    assert both.install(token).status == 200
    third = both.connection()["credentials"]
    assert third["expires_at"] == third["user"]["expires_at"]
    both.make_due(expires_at=1)
    assert both.connection()["credentials"]["user"]["access_token"] != third["user"]["access_token"]
