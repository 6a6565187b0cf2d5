"""Bodies and callers that the routes of environments turn away."""

import pytest

from tests.support.calls import call, error_of, refuses_odd_bodies
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

ROOT_ROUTES = [
    ("GET", "/environments"),
    ("POST", "/environments"),
    ("GET", "/environments/{id}"),
    ("PATCH", "/environments/{id}"),
    ("DELETE", "/environments/{id}"),
    ("GET", "/environments/{id}/api-keys"),
    ("POST", "/environments/{id}/api-keys"),
    ("DELETE", "/environments/{id}/api-keys/abcdefgh"),
    ("GET", "/environments/{id}/webhook-signing-key"),
]


@pytest.mark.parametrize(("method", "path"), ROOT_ROUTES)
def test_only_the_root_key_opens_a_root_route(stack: RunningStack, method: str, path: str) -> None:
    tenant = Tenant(stack)
    path = path.replace("{id}", tenant.environment_id)
    session = "nango_connect_session_" + "0" * 64
    wrong = [tenant.api_key, session, stack.root_key + "x", stack.root_key[:-1], "x"]
    for token in wrong:
        assert error_of(call(stack, token, method, path)) == (401, "unknown_account")
    assert error_of(stack.http(method, path)) == (401, "missing_auth_header")
    basic = stack.http(method, path, headers={"authorization": f"Basic {stack.root_key}"})
    assert error_of(basic) == (401, "malformed_auth_header")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/environments"),
        ("PATCH", "/environments/{id}"),
        ("POST", "/environments/{id}/api-keys"),
    ],
)
def test_odd_bodies_are_refused(stack: RunningStack, method: str, path: str) -> None:
    tenant = Tenant(stack)
    refuses_odd_bodies(stack, stack.root_key, method, path.replace("{id}", tenant.environment_id))


def test_odd_bodies_of_a_rotation_are_refused(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    refuses_odd_bodies(stack, tenant.api_key, "POST", "/environment/webhook-signing-key/rotate")


def test_a_route_that_needs_a_body_does_not_do_without(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    for method, path in [
        ("POST", "/environments"),
        ("PATCH", f"/environments/{tenant.environment_id}"),
    ]:
        assert error_of(tenant.root(method, path)) == (400, "invalid_json")
