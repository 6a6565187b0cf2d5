"""Requirement 34, and the Fetch Standard §3.2.

An ``OPTIONS`` request that no route takes is answered like any other: 404, without a CORS header.
"""

import re

import pytest

from carrick.edge.caller import Access
from local.aws import LocalAws
from local.functions import Functions
from local.resources import Route
from local.template import Stack
from tests.support.stack import TEMPLATE, Response
from tests.support.tenant import Tenant

APP = "https://app.example"
ORIGIN = "access-control-allow-origin"
ROUTES = [
    route
    for route in Stack.load(TEMPLATE).routes
    if route.api == "HttpApi" and route.method != "OPTIONS" and route.path != "$default"
]
BASE_URL = "https://carrick.example"


@pytest.fixture(scope="session")
def functions(aws: LocalAws) -> Functions:
    return Functions(aws)


def access(route: Route, functions: Functions) -> Access:
    found: Access = functions.module(route.function).api.routes[route.key].access
    return found


def preflight(tenant: Tenant, path: str, method: str, *asked: str) -> Response:
    headers = {"origin": APP, "access-control-request-method": method}
    if asked:
        headers["access-control-request-headers"] = ",".join(asked)
    return tenant.stack.http("OPTIONS", path, headers=headers)


def session(tenant: Tenant, token: str, origin: str | None, method: str = "GET") -> Response:
    headers = {"authorization": f"Bearer {token}"}
    if origin is not None:
        headers["origin"] = origin
    return tenant.stack.http(method, "/connect/session", headers=headers)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_a_preflight_passes_exactly_where_a_session_is_answered(
    tenant: Tenant, functions: Functions, route: Route
) -> None:
    answer = preflight(tenant, re.sub(r"\{\w+\+?\}", "test", route.path), route.method)

    allowed = answer.headers.get("access-control-allow-methods", "").split(", ")
    assert (route.method in allowed) == access(route, functions).cross_origin
    assert "access-control-allow-credentials" not in answer.headers
    if not allowed[0]:
        assert ORIGIN not in answer.headers


def test_what_takes_a_session_by_request_can_be_asked_from_other_origins(
    functions: Functions,
) -> None:
    """The start of a redirect is not asked by a page: the browser goes there."""
    taken = {
        route.key: access(route, functions).cross_origin
        for route in ROUTES
        if access(route, functions).session or access(route, functions).session_in_query
    }
    assert [key for key, may in taken.items() if not may] == ["GET /oauth/connect/{integration_id}"]


def test_a_preflight_allows_what_the_client_sends(tenant: Tenant) -> None:
    answer = preflight(tenant, "/connect/session", "GET", "authorization", "content-type")

    assert answer.status == 204
    assert answer.headers[ORIGIN] == "*"
    assert {"authorization", "content-type"} <= set(
        answer.headers["access-control-allow-headers"].split(", ")
    )
    assert answer.headers["access-control-max-age"] == "600"


def test_any_page_with_the_token_reads_where_the_session_lists_none(tenant: Tenant) -> None:
    answer = session(tenant, tenant.session(), APP)

    assert (answer.status, answer.headers[ORIGIN]) == (200, "*")
    assert "access-control-allow-credentials" not in answer.headers


def test_a_listed_page_reads_and_its_name_is_given_back(tenant: Tenant) -> None:
    token = tenant.session(allowed_origins=[APP, "http://localhost:3000"])
    answer = session(tenant, token, "http://localhost:3000")

    assert answer.status == 200
    assert (answer.headers[ORIGIN], answer.headers["vary"]) == ("http://localhost:3000", "origin")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{APP}.evil.example", f"{APP}:8443", "http://app"]
)
def test_a_page_that_is_not_listed_is_refused_before_anything_is_done(
    tenant: Tenant, origin: str
) -> None:
    token = tenant.session(allowed_origins=[APP])
    answer = session(tenant, token, origin, "DELETE")

    assert (answer.status, answer.json()["error"]["code"]) == (403, "forbidden")
    assert ORIGIN not in answer.headers
    assert session(tenant, token, None).status == 200


def test_carricks_own_page_and_what_is_no_page_need_no_entry(tenant: Tenant) -> None:
    tenant.stack.set(PUBLIC_BASE_URL=BASE_URL)
    token = tenant.session(allowed_origins=[APP])

    assert session(tenant, token, BASE_URL).status == 200
    assert session(tenant, token, None).status == 200


def test_a_form_is_taken_from_a_listed_page_only(tenant: Tenant) -> None:
    token = tenant.session(allowed_origins=[APP])
    path = f"/auth/unauthenticated/test?connect_session_token={token}"

    refused = tenant.stack.http("POST", path, headers={"origin": "https://evil.example"})
    assert refused.status == 403
    taken = tenant.stack.http("POST", path, headers={"origin": APP})
    assert taken.json()["error"]["code"] == "invalid_auth_mode"
    assert taken.headers[ORIGIN] == APP


def test_why_a_token_is_no_good_can_be_read(tenant: Tenant) -> None:
    answer = session(tenant, "nango_connect_session_" + "0" * 64, APP)

    assert answer.json()["error"]["code"] == "unknown_connect_session_token"
    assert answer.headers[ORIGIN] == "*"


@pytest.mark.parametrize("path", ["/integrations", "/providers", "/connections"])
def test_no_page_reads_what_an_api_key_is_answered(tenant: Tenant, path: str) -> None:
    headers = {"authorization": f"Bearer {tenant.api_key}", "origin": APP}
    answer = tenant.stack.http("GET", path, headers=headers)

    assert answer.status == 200
    assert ORIGIN not in answer.headers


def test_without_an_origin_nothing_is_added(tenant: Tenant) -> None:
    assert ORIGIN not in session(tenant, tenant.session(), None).headers
