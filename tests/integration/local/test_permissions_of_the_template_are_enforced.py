"""A function may do what its role in template.yaml allows, and nothing else."""

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws
from local.functions import Functions
from local.gateway import Gateway, routes_of
from local.http_messages import HttpRequest
from local.resources import Statement
from tests.support.stack import RunningStack

Call = Callable[[RunningStack], object]


def dynamodb(stack: RunningStack, function: str) -> Any:
    return stack.aws.role_client("dynamodb", function)


def put(table: str) -> dict[str, Any]:
    return {"TableName": f"carrick-local-{table}", "Item": {"pk": {"S": "1"}}}


def data_key(stack: RunningStack, function: str, **context: str) -> Any:
    return stack.aws.role_client("kms", function).generate_data_key(
        KeyId=stack.aws.key_arn("CredentialsKey"), KeySpec="AES_256", EncryptionContext=context
    )


def send(stack: RunningStack, function: str, queue: str) -> object:
    return stack.aws.role_client("sqs", function).send_message_batch(
        QueueUrl=stack.aws.queue_url(queue), Entries=[{"Id": "1", "MessageBody": "{}"}]
    )


ALLOWED: list[Call] = [
    lambda stack: dynamodb(stack, "oauth_start").put_item(**put("FlowsTable")),
    lambda stack: dynamodb(stack, "refresh_schedule").query(
        TableName=stack.aws.table_name("ConnectionsTable"),
        IndexName="due",
        KeyConditionExpression="due_shard = :s",
        ExpressionAttributeValues={":s": {"S": "0"}},
    ),
    lambda stack: dynamodb(stack, "callback").transact_write_items(
        TransactItems=[
            {"Put": put("ConnectionsTable")},
            {"Put": put("OutboxTable")},
        ]
    ),
    lambda stack: data_key(stack, "oauth_start", purpose="flow"),
    lambda stack: send(stack, "webhook_relay", "WebhookQueue"),
]

DENIED: list[tuple[str, str, Call]] = [
    (
        "dynamodb:PutItem",
        "table/carrick-local-EnvironmentsTable",
        lambda stack: dynamodb(stack, "oauth_start").put_item(**put("EnvironmentsTable")),
    ),
    (
        "dynamodb:Query",
        "table/carrick-local-ConnectionsTable",
        lambda stack: dynamodb(stack, "refresh_schedule").query(
            TableName=stack.aws.table_name("ConnectionsTable"),
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": "0"}},
        ),
    ),
    (
        "dynamodb:Query",
        "table/carrick-local-ConnectionsTable/index/by_error",
        lambda stack: dynamodb(stack, "refresh_schedule").query(
            TableName=stack.aws.table_name("ConnectionsTable"),
            IndexName="by_error",
            KeyConditionExpression="error_key = :p",
            ExpressionAttributeValues={":p": {"S": "0"}},
        ),
    ),
    (
        "dynamodb:DeleteItem",
        "table/carrick-local-OutboxTable",
        lambda stack: dynamodb(stack, "callback").transact_write_items(
            TransactItems=[
                {"Put": put("ConnectionsTable")},
                {
                    "Delete": {
                        "TableName": stack.aws.table_name("OutboxTable"),
                        "Key": {"pk": {"S": "1"}},
                    }
                },
            ]
        ),
    ),
    (
        "dynamodb:BatchGetItem",
        "table/carrick-local-EnvironmentsTable",
        lambda stack: dynamodb(stack, "session").batch_get_item(
            RequestItems={
                stack.aws.table_name("EnvironmentsTable"): {
                    "Keys": [{"pk": {"S": "1"}, "sk": {"S": "1"}}]
                }
            }
        ),
    ),
    (
        "dynamodb:Scan",
        "table/carrick-local-ConnectionsTable",
        lambda stack: dynamodb(stack, "connections").scan(
            TableName=stack.aws.table_name("ConnectionsTable")
        ),
    ),
    (
        "kms:GenerateDataKey",
        "key/",
        lambda stack: data_key(stack, "oauth_start", purpose="connection"),
    ),
    ("kms:GenerateDataKey", "key/", lambda stack: data_key(stack, "oauth_start")),
    (
        "kms:Decrypt",
        "key/",
        lambda stack: stack.aws.role_client("kms", "session").decrypt(
            CiphertextBlob=data_key(stack, "callback", purpose="connection")["CiphertextBlob"],
            EncryptionContext={"purpose": "connection"},
        ),
    ),
    ("sqs:SendMessage", "RefreshQueue", lambda stack: send(stack, "callback", "RefreshQueue")),
    (
        "secretsmanager:GetSecretValue",
        "RootKeySecret",
        lambda stack: stack.aws.role_client("secretsmanager", "connections").get_secret_value(
            SecretId="carrick-local-RootKeySecret"
        ),
    ),
]


@pytest.mark.parametrize("call", ALLOWED)
def test_what_the_role_allows_works(stack: RunningStack, call: Call) -> None:
    call(stack)


@pytest.mark.parametrize(("action", "resource", "call"), DENIED)
def test_anything_else_is_denied_by_name(
    stack: RunningStack, action: str, resource: str, call: Call
) -> None:
    with pytest.raises(ClientError) as caught:
        call(stack)
    error = caught.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert f"perform: {action} on resource: " in error["Message"]
    assert resource in error["Message"]
    stack.denials.clear()


def test_a_denied_transaction_writes_nothing(stack: RunningStack) -> None:
    with pytest.raises(ClientError):
        dynamodb(stack, "callback").transact_write_items(
            TransactItems=[{"Put": put("ConnectionsTable")}, {"Put": put("FlowsTable")}]
        )
    assert stack.items("ConnectionsTable") == []
    stack.denials.clear()


def test_a_permission_that_the_template_lacks_fails_the_request(stack: RunningStack) -> None:
    whole = stack.aws.stack
    spec = whole.functions["environments"]
    weaker = replace(spec, statements=tuple(map(_without_put, spec.statements)))
    poorer = LocalAws(replace(whole, functions={**whole.functions, "environments": weaker}))
    denials: list[str] = []
    poorer.on_denial.append(denials.append)
    poorer.start()
    gateway = Gateway(Functions(poorer), routes_of(whole.routes, "HttpApi"))
    headers = (("authorization", f"Bearer {stack.root_key}"), ("content-type", "application/json"))
    request = HttpRequest("POST", "/environments", headers, b'{"name":"dev"}')

    assert gateway.handle(request).status == 500
    assert "dynamodb:PutItem" in denials[0]
    assert "EnvironmentsTable" in denials[0]
    poorer.stop()


def _without_put(statement: Statement) -> Statement:
    actions = tuple(action for action in statement.actions if action != "dynamodb:PutItem")
    return replace(statement, actions=actions)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAOTHER/20260101/us-east-1/dynamodb/"},
        {
            "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAOTHER/20260101/us-east-1/dynamodb/"
            "aws4_request, SignedHeaders=host, Signature=0"
        },
    ],
)
def test_a_stranger_on_this_machine_reads_nothing(
    stack: RunningStack, headers: dict[str, str]
) -> None:
    """A page in the developer's browser can send requests here, but knows no access key."""
    request = urllib.request.Request(
        stack.aws.endpoint_url,
        data=b"{}",
        headers={**headers, "X-Amz-Target": "DynamoDB_20120810.ListTables"},
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert b"TableNames" not in caught.value.read()
    assert "access-control-allow-origin" not in caught.value.headers
    stack.denials.clear()
