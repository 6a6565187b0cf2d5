"""Answers that browsers and providers meet: start, callback, and the customer's redirect."""

import base64
from urllib.parse import urlsplit

from tests.contract.cases.registry import shows
from tests.contract.world import World
from tests.support.app_server import running_app_server
from tests.support.redirect_peers import AppPeer
from tests.support.stack import Response

START = "/oauth/connect/{integration_id}"
SHARED = "/oauth/callback"
INSTALLED = "/app-auth/connect"
OWN = f"{SHARED}/{{integration_id}}"
TOO_LONG = "x" * 17_000
FORM = {"content-type": "application/x-www-form-urlencoded"}


def begin(world: World, query: str = "", integration: str = "test") -> Response:
    token = world.tenant.session()
    path = f"/oauth/connect/{integration}?connect_session_token={token}{query}"
    return world.ask("GET", path, key="")


def use_the_customers_callback(world: World) -> None:
    """From now on flows come back by the customer's redirect, to the shared path."""
    changes = {"callback_url": "https://app.example.com/oauth-callback"}
    world.root("PATCH", f"/environments/{world.tenant.environment_id}", changes)


def come_back(world: World, path: str, integration: str = "test") -> Response:
    """A whole flow that ends at this path, by redirect or by form post."""
    begun = begin(world, integration=integration)
    query = urlsplit(world.server.authorize(begun.headers["location"])).query
    if integration == "test":
        return world.ask("GET", f"{path}?{query}", key="", cookies=begun.cookies)
    return world.ask("POST", path, query, key="", headers=FORM, cookies=begun.cookies)


@shows(f"GET {START}", 302)
def start(world: World) -> None:
    assert world.server.url in begin(world).headers["location"]


@shows(f"GET {START}", 400)
def start_with_a_connection_id(world: World) -> None:
    begin(world, "&connection_id=mine")


@shows(f"GET {START}", 401)
def start_without_a_session(world: World) -> None:
    world.ask("GET", "/oauth/connect/test", key="")


@shows(f"GET {START}", 413)
def start_with_a_long_query(world: World) -> None:
    world.ask("GET", f"/oauth/connect/test?connect_session_token={TOO_LONG}", key="")


@shows(f"GET {SHARED}", 200)
def end_on_the_shared_path(world: World) -> None:
    use_the_customers_callback(world)
    come_back(world, "/oauth/callback")


@shows(f"POST {SHARED}", 200)
def end_on_the_shared_path_by_form_post(world: World) -> None:
    use_the_customers_callback(world)
    come_back(world, "/oauth/callback", "posting")


@shows(f"GET {OWN}", 200)
def end(world: World) -> None:
    come_back(world, "/oauth/callback/test")


@shows(f"POST {OWN}", 200)
def end_by_form_post(world: World) -> None:
    come_back(world, "/oauth/callback/posting", "posting")


@shows(f"GET {INSTALLED}", 200)
def end_with_an_installation(world: World) -> None:
    with running_app_server() as server:
        server.write_entry(world.folder, "APP", "app-provider")
        world.stack.set()
        world.tenant.integrate(
            "app", "app-provider", credentials=AppPeer(server, "APP").credentials
        )
        begun = begin(world, integration="app")
        back = server.authorize(begun.headers["location"], auth_mode="APP")
        world.ask("GET", back, key="", cookies=begun.cookies)


def unknown_state(world: World, method: str, path: str) -> None:
    state = base64.urlsafe_b64encode(bytes(32)).decode().rstrip("=")
    query = f"code=x&state={state}"
    if method == "GET":
        world.ask("GET", f"{path}?{query}", key="")
    else:
        world.ask("POST", path, query, key="", headers=FORM)


def too_large(world: World, method: str, path: str) -> None:
    if method == "GET":
        world.ask("GET", f"{path}?state={TOO_LONG}", key="")
    else:
        world.ask("POST", path, f"state={TOO_LONG * 17}", key="", headers=FORM)


for _method in ("GET", "POST"):
    for _documented, _path in ((SHARED, SHARED), (OWN, "/oauth/callback/test")):
        for _status, _case in ((400, unknown_state), (413, too_large)):
            shows(f"{_method} {_documented}", _status)(
                lambda world, case=_case, method=_method, path=_path: case(world, method, path)
            )


for _status, _case in ((400, unknown_state), (413, too_large)):
    shows(f"GET {INSTALLED}", _status)(
        lambda world, case=_case: case(world, "GET", INSTALLED),
    )


def redirected(world: World, method: str, path: str, target: str) -> None:
    query = "state=a%2Bb&code=c+d&x=%zz"
    answer = world.ask(method, f"{path}?{query}", key="", api="CallbackHttpApi")
    assert answer.headers["location"] == f"{world.stack.base_url}{target}?{query}"


for _method in ("GET", "POST"):
    shows(f"{_method} /oauth-callback", 308)(
        lambda world, method=_method: redirected(world, method, "/oauth-callback", SHARED)
    )
    shows(f"{_method} /oauth-callback/{{integration_id}}", 308)(
        lambda world, method=_method: redirected(
            world, method, "/oauth-callback/a%20b", "/oauth/callback/a%20b"
        )
    )
    shows(f"{_method} /oauth-callback/{{integration_id}}", 404, "not_found")(
        lambda world, method=_method: world.ask(
            method, "/oauth-callback/a%23b", key="", api="CallbackHttpApi"
        )
    )
