from typing import Any

import pytest

from tests.support.calls import call, error_of, problem_of, refuses_odd_bodies
from tests.support.tenant import Tenant

CREATE, RECONNECT = "/connect/sessions", "/connect/sessions/reconnect"

CASES: list[tuple[dict[str, Any], str, list[str]]] = [
    ({}, "custom", []),
    ({"tags": {}, "typo": 1}, "unrecognized_keys", []),
    ({"end_user": {}}, "invalid_type", ["end_user", "id"]),
    ({"end_user": {"id": ""}}, "too_small", ["end_user", "id"]),
    ({"end_user": {"id": "u", "role": "x"}}, "unrecognized_keys", ["end_user"]),
    ({"tags": {"a": "x" * 256}}, "too_big", ["tags", "a"]),
    ({"tags": {"A": "x", "a": "y"}}, "custom", ["tags"]),
    ({"tags": {}, "allowed_integrations": ["none"]}, "custom", ["allowed_integrations", "0"]),
    (
        {"tags": {}, "allowed_integrations": ["test", "Test"]},
        "custom",
        ["allowed_integrations", "1"],
    ),
    (
        {"tags": {}, "integrations_config_defaults": {"none": {}}},
        "custom",
        ["integrations_config_defaults", "none"],
    ),
    ({"tags": {}, "overrides": {"none": {}}}, "custom", ["overrides", "none"]),
    (
        {"tags": {}, "overrides": {"test": {"docs_connect": "javascript:alert(1)"}}},
        "custom",
        ["overrides", "test", "docs_connect"],
    ),
    (
        {"tags": {}, "webhook_url_override": "http://hooks.example.com"},
        "custom",
        ["webhook_url_override"],
    ),
    (
        {"tags": {}, "webhook_url_override": "https://169.254.169.254/"},
        "custom",
        ["webhook_url_override"],
    ),
    (
        {"tags": {}, "webhook_url_override": "https://carrick.example/x"},
        "custom",
        ["webhook_url_override"],
    ),
    (
        {
            "tags": {},
            "integrations_config_defaults": {
                "test": {"connection_config": {"webhook_url": "https://10.0.0.1/"}}
            },
        },
        "custom",
        ["webhook_url_override"],
    ),
]


def test_each_problem_has_a_code_and_a_path(tenant: Tenant) -> None:
    for body, code, path in CASES:
        assert problem_of(tenant.call("POST", CREATE, body)) == (code, path), body
    assert tenant.stack.items("SessionsTable") == []


@pytest.mark.parametrize("path", [CREATE, RECONNECT])
def test_bodies_are_read_strictly(tenant: Tenant, path: str) -> None:
    refuses_odd_bodies(tenant.stack, tenant.api_key, "POST", path)
    answer = call(tenant.stack, tenant.api_key, "POST", f"{path}?environment=dev", {"tags": {}})
    assert error_of(answer) == (400, "invalid_query_params")
    assert tenant.stack.items("SessionsTable") == []


def test_a_session_is_read_without_a_query(tenant: Tenant) -> None:
    answer = call(tenant.stack, tenant.session(), "GET", "/connect/session?a=b")
    assert error_of(answer) == (400, "invalid_query_params")


def test_integrations_of_another_tenant_do_not_exist(tenant: Tenant) -> None:
    tenant.integrate("mine")
    other = Tenant(tenant.stack, name="other")
    for name in ("mine", "unknown"):
        answer = other.call("POST", CREATE, {"tags": {}, "allowed_integrations": [name]})
        assert problem_of(answer) == ("custom", ["allowed_integrations", "0"])


def test_explicit_tags_beyond_ten_with_those_of_the_end_user_are_too_many(tenant: Tenant) -> None:
    body = {"end_user": {"id": "u"}, "tags": {f"t{n}": "x" for n in range(10)}}
    assert error_of(tenant.call("POST", CREATE, body)) == (400, "invalid_body")
