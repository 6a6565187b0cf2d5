"""``GET /connections``: filters, order, pages; and no request that could touch a secret."""

import json
import re
import time
from typing import Any

import pytest

from tests.support.aws_relay import aws_relay
from tests.support.connections import Connections

SECRET_ATTRIBUTES = ("sealed_credentials", "connection_config")


@pytest.fixture
def crowd(connections: Connections) -> Connections:
    """Six connections of two integrations, the first made last."""
    connections.tenant.integrate("other")
    now = time.time()
    people: list[tuple[str, str, dict[str, Any]]] = [
        ("ann", "test", {"tags": {"team": "red", "plan": "pro"}, "end_user": {"id": "u1"}}),
        ("bob", "test", {"tags": {"team": "red"}, "end_user": {"id": "u2", "email": "b@X.org"}}),
        ("cleo", "other", {"tags": {"team": "blue"}, "end_user": {"id": "u1"}}),
        ("dan", "other", {"end_user": {"id": "u3", "organization": {"id": "o1"}}}),
        (
            "ann",
            "other",
            {"tags": {"team": "red"}, "end_user": {"id": "u", "display_name": "Ärö"}},
        ),
        ("eve", "test", {}),
    ]
    for number, (name, integration, facts) in enumerate(people):
        connections.make(name, integration=integration, created_at=now - number, **facts)
    return connections


def listed(connections: Connections, query: str = "") -> list[str]:
    answer = connections.tenant.call("GET", f"/connections?{query}")
    assert answer.status == 200, answer.text
    rows = answer.json()["connections"]
    return [f"{row['connection_id']}/{row['provider_config_key']}" for row in rows]


def test_filters_narrow_and_all_of_them_count(crowd: Connections) -> None:
    everybody = ["ann/test", "bob/test", "cleo/other", "dan/other", "ann/other", "eve/test"]
    for query, expected in (
        ("", everybody),
        ("connectionId=ann", ["ann/test", "ann/other"]),
        ("connectionId=an", []),
        ("endUserId=u1", ["ann/test", "cleo/other"]),
        ("endUserOrganizationId=o1", ["dan/other"]),
        ("integrationId=test", ["ann/test", "bob/test", "eve/test"]),
        ("integrationId=other,test", everybody),
        ("integrationId=test,nope,", ["ann/test", "bob/test", "eve/test"]),
        ("integrationId=nope", []),
        ("tags[team]=red", ["ann/test", "bob/test", "ann/other"]),
        ("tags%5BTeam%5D=red", ["ann/test", "bob/test", "ann/other"]),
        ("tags[team]=red&tags[plan]=pro", ["ann/test"]),
        ("tags[team]=RED", []),
        ("tags[plan]=pro&endUserId=u2", []),
        ("endUserId=u1&integrationId=other", ["cleo/other"]),
        ("search=AN", ["ann/test", "dan/other", "ann/other"]),
        ("search=x.ORG", ["bob/test"]),
        ("search=%C3%84R%C3%96", ["ann/other"]),
        ("search=red", []),
        ("search=an&integrationId=other", ["dan/other", "ann/other"]),
        ("limit=2", ["ann/test", "bob/test"]),
        ("limit=2&page=1", ["cleo/other", "dan/other"]),
        ("limit=2&page=3", []),
        ("limit=2000&page=1000000", []),
        ("integrationId=test&limit=1&page=2", ["eve/test"]),
        ("endUserId=u1&limit=1&page=1", ["cleo/other"]),
    ):
        assert listed(crowd, query) == expected, query


def test_a_row_has_facts_and_nothing_else(connections: Connections) -> None:
    made = connections.make(
        tags={"team": "red"},
        end_user={"id": "u1", "display_name": "Ann"},
        metadata={"k": [1]},
        connection_config={"subdomain": "acme"},
        refresh={"error_code": "invalid_client", "error_operation_id": "op_1"},
    )
    (row,) = connections.tenant.call("GET", "/connections").json()["connections"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", row.pop("created"))
    assert row == {
        "id": made.id,
        "connection_id": "c-1",
        "provider_config_key": "test",
        "provider": "test-provider",
        "errors": [{"type": "auth", "log_id": "op_1"}],
        "end_user": {
            "id": "u1",
            "display_name": "Ann",
            "email": None,
            "tags": {},
            "organization": None,
        },
        "tags": {"team": "red"},
        "metadata": {"k": [1]},
    }


def test_of_one_moment_the_larger_id_comes_first_in_every_list(connections: Connections) -> None:
    connections.tenant.integrate("other")
    moment = 1_700_000_000.0
    # Within one millisecond the text that sorts is the same; the smaller id is the later one.
    connections.make("a", created_at=moment + 0.0004, id=1, end_user={"id": "u"})
    connections.make("b", integration="other", created_at=moment, id=2, end_user={"id": "u"})
    connections.make("c", created_at=moment - 1, id=3, end_user={"id": "u"})
    for query in ("", "integrationId=test,other", "endUserId=u"):
        assert listed(connections, query) == ["b/other", "a/test", "c/test"], query


def test_a_list_reads_facts_and_nothing_else(crowd: Connections) -> None:
    with aws_relay(crowd.tenant.stack) as relay:
        listed(crowd, "integrationId=test,other")
        listed(crowd, "endUserId=u1&search=ann")
        listed(crowd, "search=zzz")
        requests = list(zip(relay.calls, map(json.loads, relay.bodies), strict=True))
    table = crowd.tenant.stack.aws.table_name("ConnectionsTable")
    for operation, request in requests:
        if operation == "Query" and request["TableName"] == table:
            assert request["IndexName"].startswith("by_")
        elif operation == "BatchGetItem":
            names = set(request["RequestItems"][table]["ExpressionAttributeNames"].values())
            assert not names & set(SECRET_ATTRIBUTES)
        else:
            assert request["TableName"] != table, operation
    assert {operation for operation, _ in requests} == {"Query", "BatchGetItem", "GetItem"}


def test_no_index_holds_a_secret(connections: Connections) -> None:
    definition = connections.tenant.stack.aws.stack.tables["ConnectionsTable"].request
    for index in definition["GlobalSecondaryIndexes"]:
        projection = index["Projection"]
        assert projection["ProjectionType"] in {"INCLUDE", "KEYS_ONLY"}, index["IndexName"]
        assert not set(projection.get("NonKeyAttributes", ())) & set(SECRET_ATTRIBUTES)


def test_more_than_a_page_of_the_table_is_listed_once_each(connections: Connections) -> None:
    large = {"text": "x" * 300_000}
    made = [f"c-{number}" for number in range(8)]
    for name in made:
        connections.make(name, metadata=large, end_user={"id": "u1"})
    for query in ("", "endUserId=u1", "integrationId=test"):
        names = [name.partition("/")[0] for name in listed(connections, query)]
        assert sorted(names) == sorted(made), query


def test_a_list_that_no_answer_can_hold_says_so(connections: Connections) -> None:
    large = {"text": "x" * 300_000}
    for number in range(18):
        connections.make(f"c-{number}", metadata=large)
    answer = connections.tenant.call("GET", "/connections")
    assert answer.status == 413
    assert "limit" in answer.json()["error"]["message"]
    assert len(listed(connections, "limit=10&page=1")) == 8
