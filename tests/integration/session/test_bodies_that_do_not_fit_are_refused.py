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


RETURN_URLS = (
    "//app.example",
    "https:app.example",
    "https://ok.example@evil.example/",
    "https://ok.example:443@evil.example/",
    "https://ok.example\\@evil.example/",
    "https://ok.example/a\\b",
    "https://ok.example/a%0d%0aset-cookie:x",
    "https://ok.example/a\r\nb",
    "https://ok.example/#fragment",
    "https://ok.example/<script>",
    "https://192.0.2.1/",
    "https://OK.example/",
    "http://ok.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/connected",
)


def test_the_way_back_is_an_https_url_that_is_read_in_one_way(tenant: Tenant) -> None:
    for url in RETURN_URLS:
        answer = tenant.call("POST", CREATE, {"tags": {}, "return_url": url})
        assert problem_of(answer) == ("custom", ["return_url"]), url
    for url in ("https://ok.example", "https://ok.example:8443/a/b?c=d", "http://localhost:3000/a"):
        assert tenant.call("POST", CREATE, {"tags": {}, "return_url": url}).status == 201, url


def test_a_word_needs_a_way_to_the_application(tenant: Tenant) -> None:
    way = {"allowed_origins": ["https://app.example"]}
    challenge = {"confirm_challenge": "c" * 43}
    for body in ({"confirm_required": True}, {**way, **challenge}):
        assert problem_of(tenant.call("POST", CREATE, {"tags": {}, **body})) == ("custom", [])
    body = {"tags": {}, "confirm_required": True, **way, **challenge}
    assert tenant.call("POST", CREATE, body).json()["data"].keys() == {
        "token",
        "connect_link",
        "expires_at",
        "session_id",
    }


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
