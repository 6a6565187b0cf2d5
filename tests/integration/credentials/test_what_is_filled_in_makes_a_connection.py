import pytest

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.tenant import Tenant


def submit(tenant: Tenant, path: str, body: object, query: str = "") -> object:
    token = tenant.session()
    return tenant.stack.http(
        "POST", f"{path}/test?connect_session_token={token}{query}", body=body
    )


@pytest.mark.parametrize(
    ("auth_mode", "path", "body", "shown"),
    [
        ("API_KEY", "/api-auth/api-key", {"apiKey": "canary-secret-key"}, "apiKey"),
        (
            "BASIC",
            "/api-auth/basic",
            {"username": "ada", "password": "canary-secret-password"},
            "password",
        ),
        (
            "OAUTH2_CC",
            "/oauth2/auth",
            {"client_id": "ada", "client_secret": "canary-secret-client"},
            "token",
        ),
    ],
)
def test_it_is_readable(
    auth_mode: str,
    path: str,
    body: dict[str, str],
    shown: str,
    stack: object,
    server: AuthorizationServer,
    tmp_path: object,
) -> None:
    write_provider(tmp_path, server.url, auth_mode=f'"{auth_mode}"', authorization_url="")  # type: ignore[arg-type]
    tenant = Tenant(stack)  # type: ignore[arg-type]
    answer = tenant.call("POST", "/integrations", {"provider": "test-provider", "unique_key": "test"})
    assert answer.status == 200, answer.text

    made = submit(tenant, path, body)

    assert made.status == 200, made.text  # type: ignore[attr-defined]
    connection_id = made.json()["connectionId"]  # type: ignore[attr-defined]
    credentials = tenant.read(connection_id).json()["credentials"]
    assert credentials["type"] == auth_mode
    assert credentials[shown].startswith("canary-secret")
