"""Requests to ``/connections`` that cannot be answered, with the contract's statuses and codes."""

from typing import Any

from tests.support.calls import call, error_of, problem_of, refuses_odd_bodies
from tests.support.connections import Connections
from tests.support.tenant import Tenant

ONE = "/connections/c-1?provider_config_key=test"
MISSING = {"code": "not_found", "message": "Failed to find connection"}
NO_INTEGRATION = {"code": "unknown_provider_config", "message": "Provider does not exists"}


def test_one_that_is_not_there_is_told_from_an_integration_that_is_not(tenant: Tenant) -> None:
    for method, body in (("GET", None), ("PATCH", {"tags": {}})):
        missing = tenant.call(method, ONE, body)
        assert (missing.status, missing.json()["error"]) == (404, MISSING)
        unknown = tenant.call(method, "/connections/c-1?provider_config_key=nope", body)
        assert (unknown.status, unknown.json()["error"]) == (400, NO_INTEGRATION)
    assert error_of(tenant.call("DELETE", ONE)) == (400, "unknown_connection")
    change = {"connection_id": "c-1", "provider_config_key": "test", "metadata": {}}
    for method in ("POST", "PATCH"):
        answer = tenant.call(method, "/connections/metadata", change)
        assert error_of(answer) == (404, "unknown_connection")


def test_a_read_takes_known_parameters_only(tenant: Tenant) -> None:
    for query in (
        "",
        "?provider_config_key=",
        "?provider_config_key=a%23b",
        "?provider_config_key=test&provider_config_key=test",
        "?provider_config_key[x]=test",
        "?provider_config_key=test&force_refresh=1",
        "?provider_config_key=test&force_refresh=TRUE",
        "?provider_config_key=test&refresh_token=yes",
        "?provider_config_key=test&environment_id=x",
    ):
        answer = tenant.call("GET", f"/connections/c-1{query}")
        assert error_of(answer) == (400, "invalid_query_params"), query
    oversized = tenant.call("GET", f"{ONE}&x={'y' * 17_000}")
    assert error_of(oversized) == (413, "payload_too_large")


def test_no_identifier_can_be_taken_for_two(tenant: Tenant) -> None:
    for connection_id in ("a%23b", "a%00b", "%E2%80%AEabc", "c" * 256, "a%0Ab"):
        path = f"/connections/{connection_id}?provider_config_key=test"
        for method, body in (("GET", None), ("PATCH", {"tags": {}}), ("DELETE", None)):
            assert error_of(tenant.call(method, path, body)) == (400, "invalid_uri_params")


def test_a_list_takes_known_filters_only(tenant: Tenant) -> None:
    for query in (
        "unknown=1",
        "limit=0",
        "limit=2001",
        "limit=-1",
        "limit=ten",
        "limit=%D9%A1",
        "limit=",
        "page=-1",
        "page=1000001",
        "page=000000000999999999999999999999",
        "page=" + "9" * 5000,
        "tags=a",
        "connectionId[x]=1",
        "integrationId=a%23b",
        "integrationId=" + ",".join(f"i{n}" for n in range(101)),
        "search=" + "x" * 256,
        "connectionId=a&connectionId=b",
    ):
        answer = tenant.call("GET", f"/connections?{query}")
        assert error_of(answer) == (400, "invalid_query_params"), query


def test_odd_bodies_are_refused(tenant: Tenant) -> None:
    metadata = "/connections/metadata"
    for method, path in (("PATCH", ONE), ("POST", metadata), ("PATCH", metadata)):
        refuses_odd_bodies(tenant.stack, tenant.api_key, method, path)


def test_each_member_of_a_change_is_checked(connections: Connections) -> None:
    connections.make()
    for body, expected in (
        ({"tags": {"1a": "x"}}, ("invalid_format", ["tags", "1a"])),
        ({"tags": {"a": ""}}, ("too_small", ["tags", "a"])),
        ({"tags": {"a": 1}}, ("invalid_type", ["tags", "a"])),
        ({"tags": {"a": "x", "A": "y"}}, ("custom", ["tags"])),
        ({"tags": {f"t{n}": "x" for n in range(11)}}, ("too_big", ["tags"])),
        ({"end_user": {"id": ""}}, ("too_small", ["end_user", "id"])),
        ({"end_user": {"id": "u", "role": "x"}}, ("unrecognized_keys", ["end_user"])),
        ({"organization": {"id": "o"}}, ("custom", [])),
        ({"webhook_url_override": "http://hooks.example"}, ("custom", ["webhook_url_override"])),
        ({"webhook_url_override": "https://169.254.1.1"}, ("custom", ["webhook_url_override"])),
        ({"credentials": {}}, ("unrecognized_keys", [])),
        ({"connection_id": "other"}, ("unrecognized_keys", [])),
    ):
        assert problem_of(connections.patch(body)) == expected, body
    assert connections.stored().tags == {}


def test_each_member_of_a_metadata_change_is_checked(tenant: Tenant) -> None:
    good = {"connection_id": "c-1", "provider_config_key": "test", "metadata": {}}
    changes: list[dict[str, Any]] = [
        {"connection_id": []},
        {"connection_id": [f"c{n}" for n in range(101)]},
        {"connection_id": "a#b"},
        {"connection_id": ["a", 1]},
        {"provider_config_key": "a#b"},
        {"metadata": []},
        {"metadata": None},
        {"environment_id": "x"},
    ]
    for change in changes:
        answer = tenant.call("POST", "/connections/metadata", {**good, **change})
        assert error_of(answer) == (400, "invalid_body"), change
    assert error_of(tenant.call("PATCH", "/connections/metadata?x=1", good)) == (
        400,
        "invalid_query_params",
    )


def test_a_number_that_json_cannot_hold_does_not_spoil_the_list(connections: Connections) -> None:
    connections.make()
    body = '{"connection_id":"c-1","provider_config_key":"test","metadata":{"n":1e999}}'
    headers = {
        "authorization": f"Bearer {connections.tenant.api_key}",
        "content-type": "application/json",
    }
    stack = connections.tenant.stack
    answer = stack.http("POST", "/connections/metadata", headers=headers, body=body)
    assert error_of(answer) == (400, "invalid_json")


def test_each_scope_opens_its_routes_only(connections: Connections) -> None:
    connections.make()
    prefix = "environment:connections:"
    body = {"connection_id": "c-1", "provider_config_key": "test", "metadata": {}}
    opened_by = {
        ("GET", "/connections", None): {"list", "list_credentials"},
        ("GET", ONE, None): {"read", "read_credentials"},
        ("GET", f"{ONE}&force_refresh=true", None): {"read_credentials"},
        ("GET", f"{ONE}&refresh_token=true", None): {"read_credentials"},
        ("GET", f"{ONE}&refresh_github_app_jwt_token=true", None): {"read_credentials"},
        ("PATCH", ONE, "tags"): {"update"},
        ("POST", "/connections/metadata", "metadata"): {"update"},
        ("PATCH", "/connections/metadata", "metadata"): {"update"},
        ("DELETE", ONE, None): {"delete"},
    }
    bodies = {"tags": {"tags": {"a": "b"}}, "metadata": body, None: None}
    scopes = ("list", "list_credentials", "read", "read_credentials", "update", "delete")
    for scope in scopes:
        key = connections.tenant.key_with(prefix + scope)
        for (method, path, content), openers in opened_by.items():
            answer = call(connections.tenant.stack, key, method, path, bodies[content])
            if scope in openers:
                assert answer.status in {200, 201}, (scope, method, path, answer.text)
            else:
                assert error_of(answer) == (403, "forbidden"), (scope, method, path)
    routes = {
        (route.method, route.path)
        for route in connections.tenant.stack.aws.stack.routes
        if route.function == "connections"
    }
    named = {
        (method, path.partition("?")[0].replace("/c-1", "/{connection_id}"))
        for method, path, _ in opened_by
    }
    assert routes == named


def test_without_a_key_nothing_is_answered(tenant: Tenant) -> None:
    assert error_of(tenant.stack.http("GET", "/connections")) == (401, "missing_auth_header")
    session = tenant.session()
    answer = call(tenant.stack, session, "GET", "/connections")
    assert error_of(answer) == (401, "invalid_secret_key_format")
    answer = call(tenant.stack, tenant.stack.root_key, "GET", ONE)
    assert answer.status == 401
