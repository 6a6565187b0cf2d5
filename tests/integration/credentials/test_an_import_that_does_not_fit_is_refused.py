"""A refused import stores nothing, tells of nothing, and repeats no secret."""

from typing import Any

import pytest

from tests.integration.credentials.conftest import BODIES, Forms
from tests.support.connections import Connections
from tests.support.tenant import Tenant

GOOD: dict[str, Any] = {
    "provider_config_key": "test",
    "credentials": {"type": "OAUTH2", "access_token": "canary-secret-access"},
}


def with_credentials(**members: Any) -> dict[str, Any]:
    return {**GOOD, "credentials": {**GOOD["credentials"], **members}}


BAD: dict[str, tuple[Any, str, list[str]]] = {
    "an unknown member": ({**GOOD, "colour": "red"}, "unrecognized_keys", []),
    "no credentials": ({"provider_config_key": "test"}, "invalid_type", ["credentials"]),
    "an unknown type": (
        {**GOOD, "credentials": {"type": "MAGIC", "x": "canary-secret"}},
        "invalid_union",
        ["credentials"],
    ),
    "another type": (
        {**GOOD, "credentials": {"type": "API_KEY", "apiKey": "canary-secret"}},
        "custom",
        ["credentials", "type"],
    ),
    "an unknown credential": (
        with_credentials(more="canary-secret"),
        "unrecognized_keys",
        ["credentials"],
    ),
    "no token": (with_credentials(access_token=""), "too_small", ["credentials", "access_token"]),
    "a long token": (
        with_credentials(access_token="canary-secret" * 2000),
        "too_big",
        ["credentials", "access_token"],
    ),
    "no date": (with_credentials(expires_at="soon"), "custom", ["credentials", "expires_at"]),
    "half a client": (
        with_credentials(config_override={"client_id": "x"}),
        "invalid_type",
        ["credentials", "config_override", "client_secret"],
    ),
    "an impossible id": ({**GOOD, "connection_id": "a#b"}, "invalid_format", ["connection_id"]),
    "an object as config": (
        {**GOOD, "connection_config": {"x": {"y": "canary-secret"}}},
        "invalid_type",
        ["connection_config", "x"],
    ),
    "a client in the config": (
        {**GOOD, "connection_config": {"oauth_client_secret_override": "canary-secret"}},
        "custom",
        ["connection_config"],
    ),
    "an inner webhook": (
        {**GOOD, "webhook_url_override": "https://10.0.0.1/"},
        "custom",
        ["webhook_url_override"],
    ),
    "an organization of nobody": ({**GOOD, "organization": {"id": "o"}}, "custom", []),
}


@pytest.mark.parametrize("case", BAD)
def test_the_field_is_named_and_its_value_is_not(
    case: str, tenant: Tenant, connections: Connections
) -> None:
    body, code, path = BAD[case]
    answer = tenant.call("POST", "/connections", body)

    assert answer.status == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "invalid_body"
    assert (code, path) in [(part["code"], part["path"]) for part in error["errors"]]
    assert "canary-secret" not in answer.text
    assert tenant.stack.items("ConnectionsTable") == []
    assert connections.events() == []


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({"long": "x" * 300}, "invalid_connection_config"),
        ({"x" * 65: "y"}, "invalid_connection_config"),
        ({"line": "a\nb"}, "invalid_connection_config"),
    ],
    ids=["long-value", "long-name", "not-printable"],
)
def test_config_is_kept_or_refused_but_never_lost(
    config: dict[str, str], code: str, tenant: Tenant, connections: Connections
) -> None:
    answer = tenant.call("POST", "/connections", {**GOOD, "connection_config": config})
    assert (answer.status, answer.json()["error"]["code"]) == (400, code)
    assert connections.events() == []


@pytest.mark.parametrize("mode", ["API_KEY", "BASIC"])
def test_credentials_that_do_not_work(mode: str, forms: Forms, stored: Connections) -> None:
    forms.use(mode)
    forms.api.answers = {f"GET /{path}": (401, BODIES[mode]) for path in ("first", "second")}
    credentials = {"type": mode, **BODIES[mode]}
    body = {"provider_config_key": "test", "credentials": credentials}
    answer = forms.tenant.call("POST", "/connections", body)

    assert (answer.status, answer.json()["error"]["code"]) == (400, "connection_test_failed")
    assert "canary-secret" not in answer.text
    assert stored.told() == []


def test_an_unknown_integration(tenant: Tenant) -> None:
    answer = tenant.call("POST", "/connections", {**GOOD, "provider_config_key": "nobody"})
    assert (answer.status, answer.json()["error"]["code"]) == (404, "not_found")


def test_too_much_metadata(tenant: Tenant, connections: Connections) -> None:
    answer = tenant.call("POST", "/connections", {**GOOD, "metadata": {"x": "y" * 33_000}})
    assert (answer.status, answer.json()["error"]["code"]) == (413, "payload_too_large")
    assert connections.events() == []


def test_a_key_that_may_not_see_credentials_is_not_shown_them(tenant: Tenant) -> None:
    key = tenant.key_with("environment:connections:create")
    headers = {"authorization": f"Bearer {key}"}
    answer = tenant.stack.http("POST", "/connections", headers=headers, body=GOOD)
    assert (answer.status, answer.json()["credentials"]) == (201, {})
    assert "canary-secret" not in answer.text


def test_a_connect_session_may_not_import(tenant: Tenant) -> None:
    headers = {"authorization": f"Bearer {tenant.session()}"}
    answer = tenant.stack.http("POST", "/connections", headers=headers, body=GOOD)
    assert answer.status == 401
