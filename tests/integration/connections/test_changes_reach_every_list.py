"""``PATCH /connections/{id}``: what is given is replaced, and found by it at once."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

from tests.support.aws_relay import aws_relay
from tests.support.calls import error_of
from tests.support.connections import Connections


def found(connections: Connections, query: str) -> list[str]:
    rows = connections.tenant.call("GET", f"/connections?{query}").json()["connections"]
    return [row["connection_id"] for row in rows]


def test_tags_are_replaced_and_move_in_the_index(connections: Connections) -> None:
    connections.make(tags={"team": "red", "plan": "pro"})

    answer = connections.patch({"tags": {"Team": "blue"}})

    assert (answer.status, answer.json()) == (200, {"success": True})
    assert connections.read().json()["tags"] == {"team": "blue"}
    assert found(connections, "tags[team]=blue") == ["c-1"]
    assert found(connections, "tags[team]=red") == []
    assert found(connections, "tags[plan]=pro") == []
    kinds = len(connections.tenant.stack.items("ConnectionTagsTable"))
    assert kinds == 2  # by its tag and by its own name


def test_no_tags_are_tags_too(connections: Connections) -> None:
    connections.make(tags={"team": "red"})
    assert connections.patch({"tags": {}}).status == 200
    assert connections.read().json()["tags"] == {}
    assert found(connections, "tags[team]=red") == []


def test_an_end_user_is_replaced_with_the_organization(connections: Connections) -> None:
    connections.make(end_user={"id": "u1", "email": "a@b.co", "organization": {"id": "o1"}})

    end_user = {"id": "u2", "display_name": "Bob"}
    connections.patch({"end_user": end_user, "organization": {"id": "o2"}})

    shown = connections.read().json()["end_user"]
    assert shown == {
        "id": "u2",
        "display_name": "Bob",
        "email": None,
        "tags": {},
        "organization": {"id": "o2", "display_name": None},
    }
    assert found(connections, "endUserId=u2") == ["c-1"]
    assert found(connections, "endUserOrganizationId=o2") == ["c-1"]
    assert found(connections, "endUserId=u1") == []
    assert found(connections, "endUserOrganizationId=o1") == []


def test_the_webhook_url_is_set_and_taken_away(connections: Connections) -> None:
    connections.make()
    connections.patch({"webhook_url_override": "https://hooks.example/own"})
    assert connections.read().json()["webhook_url_override"] == "https://hooks.example/own"
    connections.patch({"webhook_url_override": ""})
    assert connections.read().json()["webhook_url_override"] is None


def test_what_is_not_given_stays(connections: Connections) -> None:
    before = connections.make(
        tags={"team": "red"},
        end_user={"id": "u1"},
        metadata={"a": 1},
        webhook_url_override="https://hooks.example/own",
    )
    connections.patch({})
    after = connections.stored()
    assert after.updated_at > before.updated_at
    for name in ("tags", "end_user", "metadata", "webhook_url_override", "version", "refresh"):
        assert getattr(after, name) == getattr(before, name), name
    assert connections.told() == []


def test_of_many_changes_at_once_none_is_lost_from_the_index(connections: Connections) -> None:
    connections.make(tags={"n": "start"})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: connections.patch({"tags": {"n": str(n)}}), range(4)))

    assert {answer.status for answer in answers} <= {200, 409}
    (last,) = connections.read().json()["tags"].values()
    rows = {n: found(connections, f"tags[n]={n}") for n in ("start", "0", "1", "2", "3")}
    assert rows == {n: ["c-1"] if n == last else [] for n in rows}
    assert len(connections.tenant.stack.items("ConnectionTagsTable")) == 2


def test_a_change_waits_for_a_transaction_on_the_same_connection(connections: Connections) -> None:
    connections.make()
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["UpdateItem"] = "TransactionConflictException"

        def over() -> None:
            relay.fail.clear()

        def first_try() -> None:
            relay.before["UpdateItem"] = over

        relay.before["UpdateItem"] = first_try
        answer = connections.patch({"webhook_url_override": "https://hooks.example/own"})

    assert answer.status == 200
    assert connections.stored().webhook_url_override == "https://hooks.example/own"


def test_a_connection_that_others_change_all_the_time_is_a_conflict(
    connections: Connections,
) -> None:
    connections.make()
    with aws_relay(connections.tenant.stack) as relay:
        relay.fail["UpdateItem"] = "ConditionalCheckFailedException"
        answer = connections.patch({"webhook_url_override": "https://hooks.example/own"})
    assert error_of(answer) == (409, "conflict")


def test_any_identifier_of_the_contract_can_be_named(connections: Connections) -> None:
    for connection_id in ("metadata", "a%20b", "a%2Fb", "%40$%7B%7D%7C~", "ok"):
        connections.make(unquote(connection_id))
        path = f"/connections/{connection_id}?provider_config_key=test"
        assert connections.tenant.call("GET", path).status == 200, connection_id
        assert connections.tenant.call("DELETE", path).status == 200, connection_id
