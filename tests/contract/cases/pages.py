"""The Connect page and its files."""

from tests.contract.cases.registry import shows
from tests.contract.document import DEFAULT_ROUTE
from tests.contract.world import World


@shows("GET /connect", 200)
def page(world: World) -> None:
    world.ask("GET", "/connect?session_token=x", key="")


@shows("GET /connect/{file}", 200)
def files(world: World) -> None:
    for name in ("index.html", "connect.css", "connect.js"):
        world.ask("GET", f"/connect/{name}", key="")


@shows("GET /connect/{file}", 404, "not_found")
def no_such_file(world: World) -> None:
    world.ask("GET", "/connect/..%2Fapp.py", key="")


@shows("GET /oauth/client-metadata/{environment_id}/{integration_id}", 200)
def client_metadata(world: World) -> None:
    world.ask("GET", f"/oauth/client-metadata/{world.tenant.environment_id}/any", key="")


@shows("GET /oauth/client-metadata/{environment_id}/{integration_id}", 400, "invalid_uri_params")
def client_metadata_of_nothing(world: World) -> None:
    world.ask("GET", "/oauth/client-metadata/no-uuid/any", key="")


@shows(DEFAULT_ROUTE, 200)
def page_with_a_slash(world: World) -> None:
    world.ask("GET", "/connect/?session_token=x", key="")


@shows(DEFAULT_ROUTE, 404, "not_found")
def no_such_route(world: World) -> None:
    world.ask("POST", "/connections", {}, key="")
    world.ask("GET", "/nothing", key="")
