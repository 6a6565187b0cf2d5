"""A transaction that is cancelled leaves no trace; one that is sent twice is done once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.streams import StreamConsumer
from tests.integration.local.consumers import ScriptedFunctions, source_of
from tests.support.stack import RunningStack


def put(stack: RunningStack, table: str, key: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": stack.aws.table_name(table), "Item": {"pk": {"S": key}}, **more}}


def increment(stack: RunningStack, table: str, key: dict[str, Any]) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": stack.aws.table_name(table),
            "Key": key,
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def delete(stack: RunningStack, table: str, key: dict[str, Any]) -> dict[str, Any]:
    return {"Delete": {"TableName": stack.aws.table_name(table), "Key": key}}


def impossible(stack: RunningStack) -> dict[str, Any]:
    return put(stack, "SessionsTable", "x", ConditionExpression="attribute_exists(pk)")


def test_what_is_cancelled_leaves_every_item_as_it_was(stack: RunningStack) -> None:
    row = {"pk": "a", "sk": "b", "n": 1}
    stack.put("EnvironmentsTable", row)
    stack.put("FlowsTable", {"pk": "kept", "n": 1})
    stack.put("FlowsTable", {"pk": "deleted", "n": 1})
    with pytest.raises(ClientError) as caught:
        stack.aws.client("dynamodb").transact_write_items(
            TransactItems=[
                put(stack, "OutboxTable", "event"),
                increment(stack, "EnvironmentsTable", {"pk": {"S": "a"}, "sk": {"S": "b"}}),
                increment(stack, "EnvironmentsTable", {"pk": {"S": "new"}, "sk": {"S": "b"}}),
                increment(stack, "FlowsTable", {"pk": {"S": "kept"}}),
                increment(stack, "FlowsTable", {"pk": {"S": "new"}}),
                delete(stack, "FlowsTable", {"pk": {"S": "deleted"}}),
                impossible(stack),
            ]
        )
    reasons = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert reasons == ["None"] * 6 + ["ConditionalCheckFailed"]
    assert stack.items("EnvironmentsTable") == [row]
    flows = sorted(stack.items("FlowsTable"), key=lambda item: str(item["pk"]))
    assert flows == [{"pk": "deleted", "n": 1}, {"pk": "kept", "n": 1}]
    assert stack.items("OutboxTable") == []


def test_a_stream_tells_of_what_was_done_and_of_nothing_else(stack: RunningStack) -> None:
    spec = stack.aws.stack.functions["webhook_relay"]
    functions = ScriptedFunctions()
    feeding = StreamConsumer(stack.aws, functions, spec, source_of(spec))
    client = stack.aws.client("dynamodb")
    client.transact_write_items(TransactItems=[put(stack, "OutboxTable", "before")])
    with pytest.raises(ClientError):
        client.transact_write_items(
            TransactItems=[put(stack, "OutboxTable", "cancelled"), impossible(stack)]
        )
    client.transact_write_items(TransactItems=[put(stack, "OutboxTable", "after")])
    feeding.run_once()
    (batch,) = functions.batches
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in batch] == ["before", "after"]


def test_one_that_is_sent_again_is_not_done_again(stack: RunningStack) -> None:
    """The client repeats a request whose answer was lost, with the same token."""
    client = stack.aws.client("dynamodb")
    request = {
        "TransactItems": [increment(stack, "FlowsTable", {"pk": {"S": "a"}})],
        "ClientRequestToken": "0123456789012345678901234567890123ab",
    }
    client.transact_write_items(**request)
    client.transact_write_items(**request)
    assert stack.items("FlowsTable") == [{"pk": "a", "n": 1}]


def test_a_token_is_for_one_transaction(stack: RunningStack) -> None:
    client, token = stack.aws.client("dynamodb"), "0123456789012345678901234567890123cd"
    first = [increment(stack, "FlowsTable", {"pk": {"S": "a"}})]
    client.transact_write_items(TransactItems=first, ClientRequestToken=token)
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        other = [increment(stack, "FlowsTable", {"pk": {"S": "b"}})]
        client.transact_write_items(TransactItems=other, ClientRequestToken=token)


def test_one_that_was_cancelled_may_be_sent_again(stack: RunningStack) -> None:
    client, token = stack.aws.client("dynamodb"), "0123456789012345678901234567890123ef"
    request = {"TransactItems": [impossible(stack)], "ClientRequestToken": token}
    with pytest.raises(ClientError):
        client.transact_write_items(**request)
    stack.put("SessionsTable", {"pk": "x"})
    client.transact_write_items(**request)
