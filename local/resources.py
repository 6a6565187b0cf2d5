"""What a stack consists of, as plain values read from the translated template.

All references are resolved: an environment variable that names a table holds the table's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """Allows ``actions`` on ``resources`` where ``conditions`` (key → allowed values) hold."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueSource:
    """A queue that a function consumes. ``queue`` is a logical id."""

    queue: str
    batch_size: int
    reports_item_failures: bool
    maximum_concurrency: int | None


@dataclass(frozen=True, slots=True)
class StreamSource:
    """A table's stream that a function consumes. ``table`` and ``on_failure`` are logical ids.

    ``filters`` are event patterns, any of which admits a record; none admits all.
    """

    table: str
    batch_size: int
    reports_item_failures: bool
    maximum_retry_attempts: int
    bisects_on_error: bool
    filters: tuple[Mapping[str, Any], ...]
    on_failure: str | None


@dataclass(frozen=True, slots=True)
class ScheduleSource:
    """A schedule that invokes a function every so many seconds."""

    name: str
    every_seconds: int


Source = QueueSource | StreamSource | ScheduleSource


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """``name`` is the folder under ``functions/``, ``timeout`` in seconds, ``memory`` in MB."""

    name: str
    logical_id: str
    handler: str
    timeout: int
    memory: int
    environment: Mapping[str, str]
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A route of an HTTP API. ``path`` may hold ``{name}`` and a final ``{name+}``."""

    api: str
    method: str
    path: str
    function: str

    @property
    def key(self) -> str:
        """As API Gateway writes it: ``GET /connections/{connection_id}``."""
        return self.path if self.path == "$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class SocketApi:
    """A WebSocket API. ``functions`` by route key: ``$connect``, ``$disconnect``, ``$default``."""

    logical_id: str
    api_id: str
    stage: str
    functions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """``request`` is what ``CreateTable`` takes; ``expiry_attribute`` is that of TTL."""

    logical_id: str
    name: str
    arn: str
    request: Mapping[str, Any]
    expiry_attribute: str | None


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """``dead_letter_queue`` is a logical id."""

    logical_id: str
    name: str
    arn: str
    url: str
    visibility_timeout_seconds: int
    dead_letter_queue: str | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeySpec:
    logical_id: str
    key_id: str
    arn: str
    description: str


@dataclass(frozen=True, slots=True)
class SecretSpec:
    """``generate`` is what ``GetRandomPassword`` takes."""

    logical_id: str
    name: str
    arn: str
    generate: Mapping[str, Any]


# The properties of each type that the runner acts on or knowingly leaves to AWS. A type or property
# that is not here stops the runner: else it would work on the laptop and not where it is deployed.
LEFT_TO_AWS = frozenset(
    {
        "AWS::ApiGatewayV2::ApiMapping",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::CloudWatch::Alarm",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
    }
)
KNOWN_PROPERTIES: dict[str, frozenset[str]] = {
    "AWS::ApiGatewayV2::Api": frozenset(
        {"Body", "Description", "Name", "ProtocolType", "RouteSelectionExpression", "Tags"}
    ),
    "AWS::ApiGatewayV2::Integration": frozenset({"ApiId", "IntegrationType", "IntegrationUri"}),
    "AWS::ApiGatewayV2::Route": frozenset({"ApiId", "AuthorizationType", "RouteKey", "Target"}),
    "AWS::ApiGatewayV2::Stage": frozenset(
        {
            "AccessLogSettings",
            "ApiId",
            "AutoDeploy",
            "DefaultRouteSettings",
            "StageName",
            "Tags",
        }
    ),
    "AWS::DynamoDB::Table": frozenset(
        {
            "AttributeDefinitions",
            "BillingMode",
            "GlobalSecondaryIndexes",
            "KeySchema",
            "PointInTimeRecoverySpecification",
            "SSESpecification",
            "StreamSpecification",
            "TimeToLiveSpecification",
        }
    ),
    "AWS::IAM::Role": frozenset(
        {"AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies", "Tags"}
    ),
    "AWS::KMS::Alias": frozenset({"AliasName", "TargetKeyId"}),
    "AWS::KMS::Key": frozenset({"Description", "EnableKeyRotation", "KeyPolicy"}),
    "AWS::Lambda::EventSourceMapping": frozenset(
        {
            "BatchSize",
            "BisectBatchOnFunctionError",
            "DestinationConfig",
            "EventSourceArn",
            "FilterCriteria",
            "FunctionName",
            "FunctionResponseTypes",
            "MaximumRecordAgeInSeconds",
            "MaximumRetryAttempts",
            "ParallelizationFactor",
            "ScalingConfig",
            "StartingPosition",
        }
    ),
    "AWS::Lambda::Function": frozenset(
        {
            "Architectures",
            "Code",
            "Description",
            "Environment",
            "Handler",
            "Layers",
            "LoggingConfig",
            "MemorySize",
            "Role",
            "Runtime",
            "Tags",
            "Timeout",
        }
    ),
    "AWS::Scheduler::Schedule": frozenset(
        {"FlexibleTimeWindow", "Name", "ScheduleExpression", "Target"}
    ),
    "AWS::SecretsManager::Secret": frozenset({"Description", "GenerateSecretString"}),
    "AWS::SQS::Queue": frozenset(
        {
            "DelaySeconds",
            "MessageRetentionPeriod",
            "RedrivePolicy",
            "SqsManagedSseEnabled",
            "VisibilityTimeout",
        }
    ),
}
