"""Environments: made, found, renamed and deleted with the root key."""

import re

import pytest

from tests.support.calls import call, error_of, problem_of
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

UNKNOWN = "/environments/6f9c1d3a-0000-4000-8000-000000000001"


def root(stack: RunningStack, method: str, path: str, body: object = None):
    return call(stack, stack.root_key, method, path, body)


def names(stack: RunningStack, query: str = "") -> list[str]:
    answer = root(stack, "GET", f"/environments{query}")
    assert answer.status == 200
    return [environment["name"] for environment in answer.json()["data"]]


def test_a_new_environment_comes_with_a_key_and_a_signing_key(stack: RunningStack) -> None:
    answer = root(stack, "POST", "/environments", {"name": "dev"})
    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    data = answer.json()["data"]
    assert re.fullmatch(r"[0-9a-f-]{36}", data.pop("id"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", data.pop("created_at"))
    key = data.pop("api_key")
    assert key["token"].startswith("carrick_sk_")
    assert key["display_name"] == "Default - Full access"
    assert key["scopes"] == ["environment:*"]
    assert data.pop("webhook_signing_key").startswith("whsec_")
    assert data == {
        "name": "dev",
        "callback_url": None,
        "webhooks": {
            "primary_url": "",
            "secondary_url": "",
            "on_auth_creation": True,
            "on_auth_refresh_error": True,
            "on_connection_deletion": True,
            "disabled": [],
        },
        "connect_ui": {
            "application_name": "",
            "logo": "",
            "default_theme": "system",
            "light_primary": "",
            "dark_primary": "",
            "show_watermark": True,
        },
    }


def test_environments_are_listed_by_name_and_found_by_it(stack: RunningStack) -> None:
    for name in ("prod", "a", "ab", "environment"):
        Tenant(stack, name)
    assert names(stack) == ["a", "ab", "environment", "prod"]
    assert names(stack, "?name=a") == ["a"]
    assert names(stack, "?name=b") == []
    assert names(stack, "?name=" + "x" * 3000) == []
    assert error_of(root(stack, "GET", "/environments?search=a")) == (400, "invalid_query_params")


def test_one_environment_is_read_without_any_key(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    answer = root(stack, "GET", f"/environments/{tenant.environment_id}")
    assert answer.json()["data"]["name"] == "dev"
    assert "carrick_sk_" not in answer.text
    assert "whsec_" not in answer.text


def test_a_name_belongs_to_one_environment(stack: RunningStack) -> None:
    first, second = Tenant(stack, "dev"), Tenant(stack, "prod")
    assert error_of(root(stack, "POST", "/environments", {"name": "dev"})) == (409, "conflict")
    path = f"/environments/{second.environment_id}"
    assert error_of(root(stack, "PATCH", path, {"name": "dev"})) == (409, "conflict")
    assert root(stack, "PATCH", path, {"name": "prod"}).status == 200

    renamed = root(stack, "PATCH", f"/environments/{first.environment_id}", {"name": "test"})
    assert renamed.json()["data"]["name"] == "test"
    assert root(stack, "PATCH", path, {"name": "dev"}).status == 200
    assert names(stack) == ["dev", "test"]


@pytest.mark.parametrize("name", ["", "Dev", "a b", "a#b", "ä", "a\nb", "x" * 256, 5, None])
def test_a_name_has_a_closed_format(stack: RunningStack, name: object) -> None:
    _, path = problem_of(root(stack, "POST", "/environments", {"name": name}))
    assert path == ["name"]
    assert names(stack) == []


def test_a_deleted_environment_is_gone_with_its_keys_and_its_name(stack: RunningStack) -> None:
    tenant, other = Tenant(stack, "dev"), Tenant(stack, "other")
    limited = tenant.key_with("environment:integrations:list")
    path = f"/environments/{tenant.environment_id}"
    assert root(stack, "DELETE", path).json() == {"success": True}
    assert error_of(root(stack, "GET", path)) == (404, "not_found")
    for key in (tenant.api_key, limited):
        assert error_of(call(stack, key, "GET", "/integrations")) == (401, "unknown_account")
    assert all(tenant.environment_id not in str(i) for i in stack.items("EnvironmentsTable"))
    assert names(stack) == ["other"]
    assert other.call("GET", "/integrations").status == 200
    Tenant(stack, "dev")


def test_an_environment_with_integrations_is_not_deleted(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    tenant.integrate(provider="github")
    path = f"/environments/{tenant.environment_id}"
    assert error_of(root(stack, "DELETE", path)) == (409, "conflict")
    assert tenant.call("DELETE", "/integrations/test").status == 200
    assert root(stack, "DELETE", path).status == 200


def test_a_patch_of_nothing_changes_nothing(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    path = f"/environments/{tenant.environment_id}"
    before = root(stack, "GET", path).json()
    assert root(stack, "PATCH", path, {}).json() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", UNKNOWN, None),
        ("PATCH", UNKNOWN, {"name": "x"}),
        ("DELETE", UNKNOWN, None),
        ("GET", f"{UNKNOWN}/api-keys", None),
        ("POST", f"{UNKNOWN}/api-keys", {"display_name": "x", "scopes": ["environment:*"]}),
        ("DELETE", f"{UNKNOWN}/api-keys/abcdefgh", None),
        ("GET", f"{UNKNOWN}/webhook-signing-key", None),
    ],
)
def test_an_unknown_environment_is_not_found(
    stack: RunningStack, method: str, path: str, body: object
) -> None:
    Tenant(stack, "environment")
    assert error_of(root(stack, method, path, body)) == (404, "not_found")
    for other in ("names", "NAMES", "x" * 3000, "%00"):
        odd = path.replace(UNKNOWN, f"/environments/{other}")
        assert error_of(root(stack, method, odd, body)) == (400, "invalid_uri_params")
