"""The environment is the key's: connections of another one answer as if they had never been."""

from dataclasses import replace

import pytest

from tests.support.authorization_server import AuthorizationServer
from tests.support.connections import Connections
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

NAMES = ("a", "ab")


@pytest.fixture
def pair(stack: RunningStack, server: AuthorizationServer) -> tuple[Connections, Connections]:
    """Two environments; both know ``shared``, and only the first has ``only-in-a``."""
    made = []
    for name in NAMES:
        tenant = Tenant(stack, name)
        tenant.integrate()
        connections = Connections(tenant, server)
        connections.make("shared", tags={"t": name}, end_user={"id": "u1"})
        made.append(connections)
    made[0].make("only-in-a", tags={"t": "x"}, end_user={"id": "u2"})
    return made[0], made[1]


def test_every_route_answers_as_for_an_unknown_one(pair: tuple[Connections, Connections]) -> None:
    owner, other = pair
    before = owner.stored("only-in-a")

    def answers(connection_id: str) -> list[tuple[int, bytes]]:
        path = f"/connections/{connection_id}?provider_config_key=test"
        many = {
            "connection_id": ["shared", connection_id],
            "provider_config_key": "test",
            "metadata": {"stolen": True},
        }
        requests = [
            ("GET", path, None),
            ("GET", f"{path}&force_refresh=true&refresh_token=true", None),
            ("PATCH", path, {"tags": {"stolen": "yes"}}),
            ("DELETE", path, None),
            ("POST", "/connections/metadata", many),
            ("PATCH", "/connections/metadata", many),
        ]
        found = [other.tenant.call(*request) for request in requests]
        return [(answer.status, answer.body) for answer in found]

    assert answers("only-in-a") == answers("never-was")
    assert owner.stored("only-in-a") == before
    assert other.stored("shared").metadata == {}


def test_the_same_name_is_another_connection_in_each_environment(
    pair: tuple[Connections, Connections],
) -> None:
    owner, other = pair
    assert other.patch({"tags": {"t": "new"}}, "shared").status == 200
    assert other.delete("shared").status == 200
    assert owner.read("shared").json()["tags"] == {"t": "a"}


@pytest.mark.parametrize("query", ["", "?endUserId=u1", "?tags[t]=a", "?search=shared"])
def test_lists_and_filters_stay_in_the_environment(
    pair: tuple[Connections, Connections], query: str
) -> None:
    owner, other = pair
    mine, theirs = (
        {row["id"] for row in each.tenant.call("GET", f"/connections{query}").json()["connections"]}
        for each in (owner, other)
    )
    assert mine
    assert not mine & theirs


def test_credentials_copied_to_another_connection_do_not_unseal(
    pair: tuple[Connections, Connections],
) -> None:
    owner, other = pair
    theirs = other.stored("shared")
    stolen = replace(theirs, sealed_credentials=owner.stored("shared").sealed_credentials)
    other.store.write(other.store.put_write(stolen, replaces=theirs))

    answer = other.read("shared")

    assert answer.status == 500
    assert answer.json()["error"]["code"] == "seal_error"
