"""A reconnect that is committed while others write: a refresh, an edit, another reconnect."""

from collections.abc import Callable

from tests.support.authorization_server import AuthorizationServer
from tests.support.aws_relay import aws_relay
from tests.support.browser import Browser
from tests.support.stack import Response
from tests.support.tenant import Tenant


def reconnect(
    tenant: Tenant, server: AuthorizationServer, connection_id: str, meanwhile: Callable[[], object]
) -> Response:
    """Renew a connection; something happens between what was read and what is committed."""
    browser = Browser(tenant).start(tenant.reconnect_session(connection_id))
    url = browser.approve(server)
    with aws_relay(tenant.stack) as relay:
        relay.before["TransactWriteItems"] = meanwhile
        answer = browser.back(url)
        assert relay.calls.count("BatchGetItem") > 1, "nothing came between"
    return answer


def count(tenant: Tenant, query: str) -> int:
    return len(tenant.call("GET", f"/connections?{query}").json()["connections"])


def test_a_refresh_loses_to_what_the_end_user_just_approved(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server)
    refreshed: list[str] = []

    def refresh() -> None:
        answer = tenant.read(connection_id, "&force_refresh=true")
        refreshed.append(answer.json()["credentials"]["access_token"])

    assert reconnect(tenant, server, connection_id, refresh).status == 200
    assert len(server.refreshes()) == 1
    token = tenant.read(connection_id).json()["credentials"]["access_token"]
    assert token not in refreshed
    assert len(server.exchanges()) == 2
    (item,) = tenant.stack.items("ConnectionsTable")
    assert item["version"] == 3


def test_an_edit_stays(tenant: Tenant, server: AuthorizationServer) -> None:
    connection_id = tenant.connect(server, tags={"plan": "pro"})

    def edit() -> None:
        path = f"/connections/{connection_id}?provider_config_key=test"
        assert tenant.call("PATCH", path, {"tags": {"plan": "free"}}).status == 200
        names = {"provider_config_key": "test", "connection_id": connection_id}
        body = {**names, "metadata": {"colour": "blue"}}
        assert tenant.call("POST", "/connections/metadata", body).status in {200, 201}

    assert reconnect(tenant, server, connection_id, edit).status == 200
    read = tenant.read(connection_id).json()
    assert (read["tags"], read["metadata"]) == ({"plan": "free"}, {"colour": "blue"})
    assert (count(tenant, "tags[plan]=free"), count(tenant, "tags[plan]=pro")) == (1, 0)


def test_two_reconnects_leave_one_connection(tenant: Tenant, server: AuthorizationServer) -> None:
    connection_id = tenant.connect(server)
    other = Browser(tenant).start(tenant.reconnect_session(connection_id))
    other_url = other.approve(server)

    def finish_the_other() -> None:
        assert other.back(other_url).status == 200

    assert reconnect(tenant, server, connection_id, finish_the_other).status == 200
    (item,) = tenant.stack.items("ConnectionsTable")
    assert item["version"] == 3
    assert len(tenant.stack.items("OutboxTable")) == 3
    assert tenant.read(connection_id).status == 200
