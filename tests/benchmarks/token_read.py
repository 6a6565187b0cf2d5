"""`GET /connections/{id}`, warm: what it asks of AWS, and its CPU beside a bare handler's."""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import boto3

from local.functions import new_context
from local.process_environment import process_environment
from tests.benchmarks.report import Line, at_most, exactly
from tests.benchmarks.rig import Rig, dynamodb, kms, writes

ROUNDS, CALLS = 15, 60


def measure(rig: Rig) -> list[Line]:
    """Counts of one read, and the ratio of CPU times of many."""
    connection_id = rig.tenant.connect(rig.provider)
    rig.tenant.read(connection_id)
    rig.counts()
    assert rig.tenant.read(connection_id).status == 200
    counts = rig.counts()
    ratio = _ratio(rig, connection_id)
    return [
        exactly("token read, warm: requests to DynamoDB", 1, dynamodb(counts)),
        exactly("token read, warm: writes", 0, writes(counts)),
        exactly("token read, warm: calls to KMS", 0, kms(counts)),
        at_most("token read, warm: our CPU / a bare boto3 handler's", 1.5, ratio, " x"),
    ]


def _ratio(rig: Rig, connection_id: str) -> float:
    spec = rig.aws.stack.functions["connections"]
    handler = rig.functions.module("connections").lambda_handler
    event = _event(rig, connection_id)
    bare = _bare_handler(rig)
    key = {"pk": f"{rig.tenant.environment_id}#test#{connection_id}"}
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_cpu(lambda: handler(event, new_context(spec))))
        theirs.append(_cpu(lambda: bare(key, None)))
    return statistics.median(ours) / statistics.median(theirs)


def _bare_handler(rig: Rig) -> Callable[[dict[str, str], Any], dict[str, Any]]:
    """The same read with boto3 and nothing else: what any handler of this kind costs."""
    with process_environment(rig.aws.environment("connections")):
        client = boto3.client("dynamodb")
    table = rig.ready["tables"]["ConnectionsTable"]

    def handler(event: dict[str, str], context: Any) -> dict[str, Any]:
        answer = client.get_item(
            TableName=table, Key={"pk": {"S": event["pk"]}}, ConsistentRead=True
        )
        body = {name: value for name, value in answer["Item"].items() if "B" not in value}
        return {"statusCode": 200, "body": json.dumps(body)}

    return handler


def _cpu(call: Callable[[], Any]) -> float:
    started = time.thread_time()
    for _ in range(CALLS):
        call()
    return time.thread_time() - started


def _event(rig: Rig, connection_id: str) -> dict[str, Any]:
    return {
        "routeKey": "GET /connections/{connection_id}",
        "rawPath": f"/connections/{connection_id}",
        "rawQueryString": "provider_config_key=test",
        "headers": {"authorization": f"Bearer {rig.tenant.api_key}"},
        "pathParameters": {"connection_id": connection_id},
        "requestContext": {"apiId": "local"},
        "isBase64Encoded": False,
    }
