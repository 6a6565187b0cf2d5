from tests.support.authorization_server import AuthorizationServer
from tests.support.tenant import Tenant


def test_connection_is_readable_and_an_event_waits(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server)

    answer = tenant.read(connection_id)

    assert answer.status == 200
    body = answer.json()
    assert body["credentials"]["access_token"].startswith("canary-secret-access")
    assert "refresh_token" not in body["credentials"]
    assert body["tags"] == {"end_user_id": "u1"}
    (event,) = tenant.stack.items("OutboxTable")
    assert event["operation"] == "creation"
    assert event["success"] is True
