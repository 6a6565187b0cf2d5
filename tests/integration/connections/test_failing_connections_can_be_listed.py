"""``GET /connections?failing=true``, answered by an index of its own."""

import time

from tests.support.authorization_server import AuthorizationServer
from tests.support.tenant import Tenant

BROKEN = (503, {"content-type": "text/plain"}, b"down")


def failing(tenant: Tenant, query: str = "failing=true") -> list[str]:
    answer = tenant.call("GET", f"/connections?{query}")
    assert answer.status == 200, answer.text
    return [row["connection_id"] for row in answer.json()["connections"]]


def test_only_those_whose_last_refresh_failed(tenant: Tenant, server: AuthorizationServer) -> None:
    broken, healthy = tenant.connect(server), tenant.connect(server)
    key = {"pk": f"{tenant.environment_id}#test#{broken}"}
    tenant.stack.update("ConnectionsTable", key, expires_at=time.time() - 1)
    server.switches.refresh_answer = BROKEN

    assert failing(tenant) == []
    tenant.read(broken)

    assert failing(tenant) == [broken]
    assert failing(tenant, "failing=true&integrationId=other") == []
    assert set(failing(tenant, "failing=false")) == {broken, healthy}


def test_a_recovered_one_leaves_the_list(tenant: Tenant, server: AuthorizationServer) -> None:
    connection_id = tenant.connect(server)
    key = {"pk": f"{tenant.environment_id}#test#{connection_id}"}
    tenant.stack.update("ConnectionsTable", key, expires_at=time.time() - 1)
    server.switches.refresh_answer = BROKEN
    tenant.read(connection_id)
    server.switches.refresh_answer = None

    assert tenant.read(connection_id, "&force_refresh=true").status == 200

    assert failing(tenant) == []


def test_anything_but_true_and_false_is_refused(tenant: Tenant) -> None:
    assert tenant.call("GET", "/connections?failing=yes").status == 400
