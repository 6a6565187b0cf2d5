from tests.support.authorization_server import AuthorizationServer
from tests.support.tenant import Tenant

UNKNOWN = {
    "error": {
        "code": "invalid_body",
        "message": "ConnectionID or IntegrationId does not exists",
    }
}


def test_its_session_opens_that_integration_only(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    tenant.integrate("other")
    connection_id = tenant.connect(server, allowed_integrations=["test"])
    token = tenant.reconnect_session(connection_id)
    answer = tenant.stack.http(
        "GET", "/connect/session", headers={"authorization": f"Bearer {token}"}
    )

    assert answer.json()["data"]["isReconnecting"] is True
    assert answer.json()["data"]["allowed_integrations"] == ["test"]
    refused = tenant.start(token, "other")
    assert refused.status == 400
    assert "may not connect" in refused.text


def test_a_connection_that_is_not_there_and_one_of_another_tenant_look_alike(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server)
    other = Tenant(tenant.stack, name="other")
    other.integrate()

    for asker, names in (
        (tenant, {"connection_id": "unknown", "integration_id": "test"}),
        (tenant, {"connection_id": connection_id, "integration_id": "unknown"}),
        (tenant, {"connection_id": connection_id[:-1], "integration_id": "test"}),
        (other, {"connection_id": connection_id, "integration_id": "test"}),
    ):
        answer = asker.call("POST", "/connect/sessions/reconnect", names)
        assert (answer.status, answer.json()) == (400, UNKNOWN)


def test_presets_must_be_for_integrations_that_exist(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    body = {"connection_id": tenant.connect(server), "integration_id": "test"}
    for name in ("integrations_config_defaults", "overrides"):
        answer = tenant.call("POST", "/connect/sessions/reconnect", {**body, name: {"none": {}}})
        assert answer.status == 400
        (problem,) = answer.json()["error"]["errors"]
        assert problem == {
            "code": "custom",
            "message": "Integration does not exist",
            "path": [name, "none"],
        }
