"""What a customer or an end user does while the provider is asked."""

from collections.abc import Callable

import pytest

from tests.support.connections import Connections


def meanwhile(connections: Connections, act: Callable[[], object]) -> None:
    """Do this once, while the provider has the refresh and has not answered."""
    acts = [act]

    def before_answer() -> None:
        if acts:
            acts.pop()()

    connections.server.switches.before_answer = before_answer


EDIT = {
    "tags": {"new": "tag"},
    "end_user": {"id": "u9", "tags": {}},
    "webhook_url_override": "https://new.example",
}


def test_an_edit_does_not_cost_the_token_and_is_kept(connections: Connections) -> None:
    for number, name in enumerate(EDIT, start=1):
        before = connections.make(name, expires_in=-1, tags={"old": "tag"})
        change = {name: EDIT[name]}
        meanwhile(connections, lambda name=name, change=change: connections.patch(change, name))

        assert connections.read(name).status == 200

        assert connections.access_token(name) == f"canary-secret-access-{number}"
        after = connections.stored(name)
        for each, edited in EDIT.items():
            assert getattr(after, each) == (edited if each == name else getattr(before, each))


def test_so_with_metadata(connections: Connections) -> None:
    connections.make(expires_in=-1)
    body = {"connection_id": "c-1", "provider_config_key": "test", "metadata": {"a": 1}}
    meanwhile(connections, lambda: connections.tenant.call("PATCH", "/connections/metadata", body))
    assert connections.read().status == 200
    assert connections.access_token() == "canary-secret-access-1"
    assert connections.stored().metadata == {"a": 1}


@pytest.mark.parametrize("refused", [False, True])
def test_a_deleted_connection_stays_deleted(connections: Connections, refused: bool) -> None:
    if refused:
        connections.server.switches.refresh_answer = (400, {}, b'{"error":"invalid_grant"}')
    connections.make(expires_in=-1)
    meanwhile(connections, connections.delete)

    assert connections.read().status == 404

    assert connections.tenant.stack.items("ConnectionsTable") == []
    assert connections.told() == [("deletion", True)]
    assert connections.tenant.stack.queued("RefreshJournalQueue") == []


def test_a_connection_made_anew_does_not_get_the_old_ones_token(connections: Connections) -> None:
    connections.make(expires_in=-1)

    def made_anew() -> None:
        connections.delete()
        connections.make(values={"access_token": "canary-secret-access-anew"})

    meanwhile(connections, made_anew)

    answer = connections.read()

    assert answer.json()["credentials"]["access_token"] == "canary-secret-access-anew"
    assert connections.access_token() == "canary-secret-access-anew"
    assert connections.tenant.stack.queued("RefreshJournalQueue") == []


def test_who_authorizes_again_wins(connections: Connections) -> None:
    tenant, server = connections.tenant, connections.server
    connection_id = tenant.connect(server)
    meanwhile(connections, lambda: tenant.connect(server, tenant.reconnect_session(connection_id)))

    answer = connections.read(connection_id, "&force_refresh=true")

    assert answer.status == 200
    shown = answer.json()["credentials"]["access_token"]
    assert shown == connections.access_token(connection_id) == "canary-secret-access-2"
    assert connections.stored(connection_id).version == 2
    assert connections.told() == [("creation", True), ("override", True)]
    assert tenant.stack.queued("RefreshJournalQueue") == []


def test_a_reconnection_during_which_a_refresh_ends_wins_as_well(
    connections: Connections,
) -> None:
    tenant, server = connections.tenant, connections.server
    connection_id = tenant.connect(server)
    meanwhile(connections, lambda: connections.read(connection_id, "&force_refresh=true"))

    tenant.connect(server, tenant.reconnect_session(connection_id))

    assert connections.stored(connection_id).version == 3
    assert connections.access_token(connection_id) == "canary-secret-access-3"


def test_a_reconnection_keeps_what_the_customer_edits_meanwhile(connections: Connections) -> None:
    tenant, server = connections.tenant, connections.server
    connection_id = tenant.connect(server)
    token = tenant.reconnect_session(connection_id)
    body = {"connection_id": connection_id, "provider_config_key": "test", "metadata": {"a": 1}}

    def edit() -> None:
        tenant.call("POST", "/connections/metadata", body)
        path = f"/connections/{connection_id}?provider_config_key=test"
        tenant.call("PATCH", path, {"webhook_url_override": "https://h.example"})

    meanwhile(connections, edit)
    tenant.connect(server, token)

    after = connections.stored(connection_id)
    assert (after.metadata, after.webhook_url_override) == ({"a": 1}, "https://h.example")
    rows = tenant.call("GET", "/connections?endUserId=u1").json()["connections"]
    assert len(rows) == 1
