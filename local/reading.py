"""From a resolved resource of the translated template to the value that describes it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from local import identities
from local.intrinsics import TemplateError
from local.resources import (
    FunctionSpec,
    KeySpec,
    QueueSource,
    QueueSpec,
    ScheduleSource,
    SecretSpec,
    Source,
    Statement,
    StreamSource,
    TableSpec,
)

Resources = dict[str, dict[str, Any]]
Properties = dict[str, Any]

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}

# What the managed policies that SAM attaches by itself allow.
_MANAGED_POLICIES: dict[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "AWSLambdaSQSQueueExecutionRole": (
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    ),
    "AWSLambdaDynamoDBExecutionRole": (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ),
}


def read_function(logical_id: str, resources: Resources) -> FunctionSpec:
    """A function with the statements of its role and all that invokes it."""
    properties = resources[logical_id]["Properties"]
    handler = properties["Handler"]
    variables = properties.get("Environment", {}).get("Variables", {})
    return FunctionSpec(
        name=handler.split(".")[1],
        logical_id=logical_id,
        handler=handler,
        timeout=properties["Timeout"],
        memory=properties["MemorySize"],
        environment={name: str(value) for name, value in variables.items()},
        statements=tuple(_statements(properties["Role"], resources)),
        sources=tuple(_sources(logical_id, resources)),
    )


def _statements(role_arn: str, resources: Resources) -> Iterator[Statement]:
    (logical_id,) = (
        name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::IAM::Role" and identities.role_arn(name) == role_arn
    )
    properties = resources[logical_id]["Properties"]
    for arn in properties.get("ManagedPolicyArns", []):
        policy = arn.rsplit("/", 1)[-1]
        if policy not in _MANAGED_POLICIES:
            raise TemplateError(f"{logical_id}: the local runner does not know {arn}.")
        yield Statement(_MANAGED_POLICIES[policy], ("*",))
    for policy in properties.get("Policies", []):
        for statement in _list(policy["PolicyDocument"]["Statement"]):
            yield _statement(logical_id, statement)


def _statement(logical_id: str, statement: Properties) -> Statement:
    unknown = sorted(set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"})
    if unknown or statement["Effect"] != "Allow":
        raise TemplateError(f"{logical_id}: the local runner only knows plain Allow statements.")
    conditions: dict[str, tuple[str, ...]] = {}
    for operator, members in statement.get("Condition", {}).items():
        if operator != "StringEquals":
            raise TemplateError(f"{logical_id}: the local runner does not know {operator}.")
        conditions.update({key: tuple(_list(values)) for key, values in members.items()})
    return Statement(
        tuple(_list(statement["Action"])), tuple(_list(statement["Resource"])), conditions
    )


def _sources(function_id: str, resources: Resources) -> Iterator[Source]:
    name, arn = identities.name(function_id), identities.function_arn(function_id)
    for logical_id, resource in resources.items():
        kind, properties = resource["Type"], resource["Properties"]
        if kind == "AWS::Lambda::EventSourceMapping" and properties["FunctionName"] == name:
            yield _event_source(logical_id, properties, resources)
        if kind == "AWS::Scheduler::Schedule" and properties["Target"]["Arn"] == arn:
            yield _schedule(logical_id, properties)


def _event_source(logical_id: str, properties: Properties, resources: Resources) -> Source:
    arn = properties["EventSourceArn"]
    reports = "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])
    queue = _by_arn(resources, "AWS::SQS::Queue", identities.queue_arn, arn)
    if queue is not None:
        scaling = properties.get("ScalingConfig", {}).get("MaximumConcurrency")
        concurrency = None if scaling is None else int(scaling)
        return QueueSource(queue, int(properties.get("BatchSize", 10)), reports, concurrency)
    table = _by_arn(resources, "AWS::DynamoDB::Table", identities.stream_arn, arn)
    if table is None:
        raise TemplateError(f"{logical_id}: the local runner has no event source {arn}.")
    destination = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    filters = properties.get("FilterCriteria", {}).get("Filters", [])
    return StreamSource(
        table=table,
        batch_size=int(properties.get("BatchSize", 100)),
        reports_item_failures=reports,
        maximum_retry_attempts=int(properties.get("MaximumRetryAttempts", -1)),
        bisects_on_error=bool(properties.get("BisectBatchOnFunctionError", False)),
        filters=tuple(json.loads(member["Pattern"]) for member in filters),
        on_failure=_by_arn(resources, "AWS::SQS::Queue", identities.queue_arn, destination),
    )


def _schedule(logical_id: str, properties: Properties) -> ScheduleSource:
    found = _RATE.fullmatch(properties["ScheduleExpression"])
    if found is None:
        raise TemplateError(f"{logical_id}: the local runner only knows schedules by rate(...).")
    return ScheduleSource(logical_id, int(found[1]) * _SECONDS[found[2]])


def _by_arn(resources: Resources, kind: str, arn_of: Any, arn: str | None) -> str | None:
    for logical_id, resource in resources.items():
        if resource["Type"] == kind and arn_of(logical_id) == arn:
            return logical_id
    return None


def read_table(logical_id: str, properties: Properties) -> TableSpec:
    """A table as ``CreateTable`` takes it. What it does not take is left to AWS."""
    left_out = {
        "PointInTimeRecoverySpecification",
        "SSESpecification",  # moto would make an asymmetric key for it, which takes a second
        "TimeToLiveSpecification",
    }
    request = {name: value for name, value in properties.items() if name not in left_out}
    if "StreamSpecification" in request:
        request["StreamSpecification"] = {
            "StreamEnabled": True,
            **request["StreamSpecification"],
        }
    expiry = properties.get("TimeToLiveSpecification", {})
    return TableSpec(
        logical_id=logical_id,
        name=identities.name(logical_id),
        arn=identities.table_arn(logical_id),
        request={"TableName": identities.name(logical_id), **request},
        expiry_attribute=expiry.get("AttributeName") if expiry.get("Enabled") else None,
    )


def read_queue(logical_id: str, properties: Properties) -> QueueSpec:
    """A queue with its attributes as ``CreateQueue`` takes them: all text."""
    redrive = properties.get("RedrivePolicy", {})
    target = redrive.get("deadLetterTargetArn", "").rsplit(":", 1)[-1]
    attributes = {
        name: json.dumps(value) if isinstance(value, dict) else str(value).lower()
        for name, value in properties.items()
        if name != "RedrivePolicy"
    }
    if redrive:
        attributes["RedrivePolicy"] = json.dumps(redrive)
    return QueueSpec(
        logical_id=logical_id,
        name=identities.name(logical_id),
        arn=identities.queue_arn(logical_id),
        url=identities.queue_url(logical_id),
        visibility_timeout_seconds=int(properties.get("VisibilityTimeout", 30)),
        dead_letter_queue=target.removeprefix(f"{identities.STACK_NAME}-") or None,
        attributes=attributes,
    )


def read_key(logical_id: str, properties: Properties) -> KeySpec:
    return KeySpec(
        logical_id=logical_id,
        key_id=identities.key_id(logical_id),
        arn=identities.key_arn(logical_id),
        description=properties.get("Description", ""),
    )


def read_secret(logical_id: str, properties: Properties) -> SecretSpec:
    """A secret whose value is generated; any other kind stops the runner at its property."""
    return SecretSpec(
        logical_id=logical_id,
        name=identities.name(logical_id),
        arn=identities.secret_arn(logical_id),
        generate=properties.get("GenerateSecretString", {}),
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
