"""What an entry looks up after the token answer: stored, checked, needed or not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.connections import Connections
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

FIELDS = (
    '{ tenant = { format = "uuid", automated = true },'
    ' site = { format = "subdomain", automated = true },'
    ' name = { optional = true, title = "N" } }'
)
TENANT = "0b8a3c1e-9a5f-4a51-9d2c-1f6f3f0a7c11"


class World:
    """A customer whose provider has an API beside its authorization server."""

    def __init__(
        self, stack: RunningStack, server: AuthorizationServer, api: ScriptedApi, folder: Path
    ) -> None:
        self.tenant, self.server, self.api, self.folder = Tenant(stack), server, api, folder
        self.tenant.integrate()
        self.stored = Connections(self.tenant, server)
        self.answers([{"id": TENANT, "site": "acme"}])

    def entry(self, base_url: str = "", **facts: str) -> None:
        """The entry: two calls, of which the second is made with what the first found."""
        lookups = (
            '[{ url = "/tenants", sets = { tenant = "0.id", site = "0.site" } },'
            f' {{ method = "POST", url = "{self.api.url}/of/${{connectionConfig.tenant}}",'
            ' body = { query = "{ name }" }, headers = { authorization = "OAuth ${accessToken}" },'
            ' sets = { name = "data.name" } }]'
        )
        values = {
            "connection_config": FIELDS,
            "api": f'{{ base_url = "{base_url or self.api.url}" }}',
            "post_connection": lookups,
            **facts,
        }
        write_provider(self.folder, self.server.url, **values)

    def answers(self, tenants: Any, status: int = 200, name: Any = "Acme") -> None:
        self.api.answers = {
            "GET /tenants": (status, tenants),
            f"POST /of/{TENANT}": (200, {"data": {"name": name}}),
        }

    def connect(self, **session: Any) -> Any:
        connection_id = self.tenant.connect(self.server, **session)
        return self.tenant.read(connection_id).json()

    def refused(self, token: str = "") -> str:
        """A flow that ends without a connection; the code it was told with."""
        started = self.tenant.start(token or self.tenant.session())
        url = self.server.authorize(started.headers["location"])
        assert self.tenant.back(url, started.cookies).status == 400
        return str(self.stored.events()[-1]["error_type"])


@pytest.fixture
def world(stack: RunningStack, server: AuthorizationServer, tmp_path: Path) -> Iterator[World]:
    with running_scripted_api() as api:
        yield World(stack, server, api, tmp_path)


def test_what_they_find_is_connection_config(world: World) -> None:
    world.entry()
    shown = world.connect()

    assert shown["connection_config"] == {"tenant": TENANT, "site": "acme", "name": "Acme"}
    (first,), (second,) = world.api.of("/tenants"), world.api.of(f"/of/{TENANT}")
    assert first.headers["authorization"] == f"Bearer {shown['credentials']['access_token']}"
    assert second.headers["authorization"] == f"OAuth {shown['credentials']['access_token']}"
    assert second.body == '{"query": "{ name }"}'


def test_what_a_person_gave_is_not_asked_for(world: World) -> None:
    world.entry()
    preset = {"test": {"connection_config": {"name": "Mine"}}}
    shown = world.connect(integrations_config_defaults=preset)

    assert shown["connection_config"]["name"] == "Mine"
    assert world.api.of(f"/of/{TENANT}") == []


def test_a_browser_cannot_say_it_instead(world: World) -> None:
    world.entry()
    query = f"&params[tenant]={TENANT.replace('0b', 'ff')}"
    started = world.tenant.start(world.tenant.session(), query=query)
    world.tenant.back(world.server.authorize(started.headers["location"]), started.cookies)
    (row,) = world.tenant.call("GET", "/connections").json()["connections"]
    shown = world.tenant.read(row["connection_id"]).json()
    assert shown["connection_config"]["tenant"] == TENANT


@pytest.mark.parametrize(
    ("tenants", "status"),
    [
        ([], 200),
        ({"error": "canary-secret"}, 403),
        ([{"id": "../canary-secret", "site": "acme"}], 200),
        ([{"id": TENANT, "site": "a.evil/"}], 200),
        ([{"id": TENANT, "site": {"x": "y"}}], 200),
        ("canary-secret", 200),
        (["x"] * 100_000, 200),
    ],
    ids=["nothing", "refused", "no-uuid", "no-label", "no-text", "no-list", "too-large"],
)
def test_one_that_fails_is_no_reason_to_fail(tenants: Any, status: int, world: World) -> None:
    world.entry()
    world.answers(tenants, status)
    shown = world.connect()

    assert shown["connection_config"] == {}
    assert world.stored.told() == [("creation", True)]


@pytest.mark.parametrize("tenants", [[], [{"id": "x", "site": "acme"}]], ids=["none", "no-uuid"])
def test_unless_a_url_needs_it(tenants: Any, world: World) -> None:
    world.entry(
        base_url="https://${connectionConfig.site}.example.com",
        post_connection=f'[{{ url = "{world.api.url}/tenants", '
        'sets = { tenant = "0.id", site = "0.site" } }]',
    )
    world.answers(tenants)

    assert world.refused() == "url_param_err"
    assert world.tenant.stack.items("ConnectionsTable") == []
    world.answers([{"id": TENANT, "site": "acme"}])
    assert world.connect()["connection_config"]["site"] == "acme"


def test_a_reconnect_looks_again(world: World) -> None:
    world.entry()
    made = world.connect()
    world.answers([], 503)
    token = world.tenant.reconnect_session(made["connection_id"])
    world.tenant.connect(world.server, token)
    assert "tenant" not in world.tenant.read(made["connection_id"]).json()["connection_config"]


def test_the_account_may_be_known_by_it(world: World) -> None:
    world.entry(account_id_paths='["tenant"]')
    made = world.connect()
    assert world.stored.stored(made["connection_id"]).account_id == TENANT
    world.answers([{"id": TENANT.replace("0b", "ff"), "site": "acme"}])

    assert (
        world.refused(world.tenant.reconnect_session(made["connection_id"])) == "account_mismatch"
    )


def test_an_import_asks_for_what_it_does_not_bring(world: World) -> None:
    world.entry()
    credentials = {"type": "OAUTH2", "access_token": "canary-secret-of-old"}
    body = {"provider_config_key": "test", "credentials": credentials}
    brought = world.tenant.call("POST", "/connections", body).json()
    assert brought["connection_config"]["tenant"] == TENANT
    world.api.asked.clear()
    config = {"tenant": TENANT, "site": "acme", "name": "Acme"}
    world.tenant.call("POST", "/connections", {**body, "connection_config": config})
    assert world.api.asked == []


def test_the_token_goes_to_no_inner_address(world: World) -> None:
    world.entry(post_connection='[{ url = "https://10.0.0.1/me", sets = { site = "id" } }]')
    assert world.connect()["connection_config"] == {}
