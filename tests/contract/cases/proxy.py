"""Answers to requests through the broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.contract.cases.registry import shows
from tests.contract.world import World
from tests.support.authorization_server import write_provider
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.stack import Response

ANY = "ANY /proxy/{path+}"
REFUSED = (400, {"content-type": "application/json"}, b'{"error":"invalid_grant"}')


@contextmanager
def connected(world: World) -> Iterator[tuple[ScriptedApi, str]]:
    """A provider with an API, and a connection to it."""
    with running_scripted_api() as api:
        stated = f'{{ base_url = "{api.url}" }}'
        write_provider(world.folder, world.server.url, "api-provider", api=stated)
        world.tenant.integrate("api", provider="api-provider")
        started = world.tenant.start(world.tenant.session(), "api")
        world.tenant.back(world.server.authorize(started.headers["location"]), started.cookies)
        (row,) = world.tenant.call("GET", "/connections?integrationId=api").json()["connections"]
        yield api, str(row["connection_id"])


def ask(world: World, connection_id: str, path: str = "things", **more: Any) -> Response:
    named = {"provider-config-key": "api", "connection-id": connection_id, **more.pop("also", {})}
    return world.ask("GET", f"/proxy/{path}", headers=named, **more)


@shows(ANY, 200)
def passes_on(world: World) -> None:
    with connected(world) as (api, connection_id):
        api.answers["GET /things"] = (200, {"ok": True})
        assert ask(world, connection_id).json() == {"ok": True}


@shows(ANY, 400, "invalid_headers")
def without_a_connection(world: World) -> None:
    ask(world, "")


@shows(ANY, 400, "invalid_endpoint")
def a_path_that_climbs(world: World) -> None:
    with connected(world) as (_, connection_id):
        ask(world, connection_id, "../things")


@shows(ANY, 400, "unsupported_provider")
def a_provider_without_an_api(world: World) -> None:
    made = world.tenant.connect(world.server)
    ask(world, made, also={"provider-config-key": "test"})


@shows(ANY, 400, "base_url_override_disabled")
def an_override_where_there_is_none(world: World) -> None:
    world.stack.set(PROXY_BASE_URL_OVERRIDE="off")
    with connected(world) as (_, connection_id):
        ask(world, connection_id, also={"base-url-override": "https://evil.example"})


@shows(ANY, 400, "base_url_override_not_allowed")
def a_strange_override(world: World) -> None:
    with connected(world) as (_, connection_id):
        ask(world, connection_id, also={"base-url-override": "https://evil.example"})


@shows(ANY, 400, "egress_refused")
def a_host_that_leads_inside(world: World) -> None:
    with connected(world) as (_, connection_id):
        world.stack.set(EGRESS_ALLOW_LOOPBACK="0")
        ask(world, connection_id)


@shows(ANY, 400, "proxy_redirect_to_denied_host")
def a_redirect_inside(world: World) -> None:
    with connected(world) as (api, connection_id):
        api.answers["GET /things"] = (302, b"", {"location": "http://169.254.169.254/"})
        ask(world, connection_id)


@shows(ANY, 404, "unknown_provider_config")
def an_unknown_integration(world: World) -> None:
    ask(world, "c1")


@shows(ANY, 404, "unknown_connection")
def an_unknown_connection(world: World) -> None:
    with connected(world):
        ask(world, "c1")


@shows(ANY, 424, "connection_refresh_backoff")
def credentials_that_no_longer_work(world: World) -> None:
    with connected(world) as (_, connection_id):
        (item,) = world.stack.items("ConnectionsTable")
        world.stack.update("ConnectionsTable", {"pk": item["pk"]}, expires_at=1)
        world.server.switches.refresh_answer = REFUSED
        assert world.tenant.read(connection_id, integration="api").status == 424
        ask(world, connection_id)


@shows(ANY, 502, "upstream_failed")
def an_api_that_is_down(world: World) -> None:
    with connected(world) as (_, connection_id):
        pass
    ask(world, connection_id)


@shows(ANY, 502, "upstream_response_too_large")
def an_answer_that_is_too_large(world: World) -> None:
    with connected(world) as (api, connection_id):
        api.answers["GET /things"] = (200, b"x" * (4 * 1024 * 1024 + 1))
        ask(world, connection_id)


@shows(ANY, 502, "too_many_redirects")
def redirects_without_end(world: World) -> None:
    with connected(world) as (api, connection_id):
        api.answers["GET /things"] = (302, b"", {"location": "/things"})
        ask(world, connection_id)
