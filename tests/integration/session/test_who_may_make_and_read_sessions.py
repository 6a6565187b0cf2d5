import pytest

from tests.support.calls import call, error_of
from tests.support.tenant import Tenant

CREATE, RECONNECT, SESSION = "/connect/sessions", "/connect/sessions/reconnect", "/connect/session"
SCOPE = "environment:connect_sessions:write"
BODY = {"tags": {}}


@pytest.mark.parametrize("path", [CREATE, RECONNECT])
def test_a_key_with_the_scope_and_nobody_else(tenant: Tenant, path: str) -> None:
    stack = tenant.stack
    limited = tenant.key_with("environment:connections:*", "environment:integrations:list")
    assert error_of(call(stack, limited, "POST", path, BODY)) == (403, "forbidden")
    assert SCOPE in call(stack, limited, "POST", path, BODY).json()["error"]["message"]

    unauthenticated = {
        "": "malformed_auth_header",
        "x": "invalid_secret_key_format",
        tenant.api_key[:-1]: "invalid_secret_key_format",
        tenant.session(): "invalid_secret_key_format",
        stack.root_key: "invalid_secret_key_format",
    }
    for key, code in unauthenticated.items():
        assert error_of(call(stack, key, "POST", path, BODY)) == (401, code)
    assert error_of(stack.http("POST", path, body=BODY)) == (401, "missing_auth_header")


def test_the_scope_alone_is_enough(tenant: Tenant) -> None:
    answer = call(tenant.stack, tenant.key_with(SCOPE), "POST", CREATE, BODY)
    assert answer.status == 201


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_session_is_its_own(tenant: Tenant, method: str) -> None:
    token = tenant.session()
    for key in (tenant.api_key, tenant.stack.root_key, token[:-1], token.upper()):
        answer = call(tenant.stack, key, method, SESSION)
        assert error_of(answer) == (401, "invalid_connect_session_token_format")
    answer = call(tenant.stack, token[:-64] + "0" * 64, method, SESSION)
    assert error_of(answer) == (401, "unknown_connect_session_token")
    assert error_of(tenant.stack.http(method, SESSION)) == (401, "missing_auth_header")
    assert call(tenant.stack, token, "GET", SESSION).status == 200


def test_the_tenant_comes_from_the_key(tenant: Tenant) -> None:
    other = Tenant(tenant.stack, name="other")
    headers = {
        "authorization": f"Bearer {other.api_key}",
        "environment-id": tenant.environment_id,
        "x-environment": "dev",
    }
    assert tenant.stack.http("POST", CREATE, headers=headers, body=BODY).status == 201
    (session,) = tenant.stack.items("SessionsTable")
    assert session["environment_id"] == other.environment_id
