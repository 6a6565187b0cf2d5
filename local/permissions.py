"""Enforces the template's IAM statements in front of the local AWS.

A request is known by the access key id it is signed with: one per function's role, and one of the
administrator, who may do everything. What a role's statements do not allow is answered as AWS does,
so a permission that is missing in ``template.yaml`` fails on the laptop and in every test.

Not judged: signatures (the access key ids are random per start and stay on this machine), and the
policies of keys and queues.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local import identities
from local.resources import FunctionSpec, Statement

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d+/[^/]+/([^/]+)/aws4_request")
_SERVICES = {
    "AmazonSQS": "sqs",
    "DynamoDBStreams_20120810": "dynamodb",
    "DynamoDB_20120810": "dynamodb",
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
}
_TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a request must be allowed: an action on a resource, in a context."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)

    def is_allowed_by(self, statement: Statement) -> bool:
        """Whether a statement's actions, resources and conditions all cover this."""
        return (
            any(_matches(pattern, self.action) for pattern in statement.actions)
            and any(_matches(pattern, self.resource) for pattern in statement.resources)
            and all(self.context.get(key) in values for key, values in statement.conditions.items())
        )


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a request is refused."""

    code: str
    message: str


class Permissions:
    """Judges requests. ``roles``: functions by access key id; ``aliases``: key ids by alias."""

    def __init__(
        self,
        *,
        administrator: str,
        roles: Mapping[str, FunctionSpec],
        aliases: Mapping[str, str],
    ) -> None:
        self._administrator = administrator
        self._roles = roles
        self._aliases = aliases

    def judge(self, headers: Mapping[str, str], body: bytes) -> Denial | None:
        """``None`` if the request may go on. ``headers`` in lower case."""
        found = _CREDENTIAL.search(headers.get("authorization", ""))
        if found is None:
            return Denial("MissingAuthenticationToken", "The request is not signed.")
        access_key, signed_service = found.groups()
        if access_key == self._administrator:
            return None
        role = self._roles.get(access_key)
        if role is None:
            return Denial(
                "UnrecognizedClientException",
                "The access key is unknown. local.json in the state folder holds the right one.",
            )
        prefix, _, operation = headers.get("x-amz-target", "").partition(".")
        service = _SERVICES.get(prefix)
        if service is None:
            return _denied(role, Need(f"{signed_service}:{operation or 'unknown'}", "*"))
        return self._judge(role, self._needs(service, operation, _json(body)))

    def refusal(self, role: FunctionSpec, action: str, resource: str) -> str:
        """Why a role may not do something; empty if it may."""
        denial = self._judge(role, iter([Need(action, resource)]))
        return denial.message if denial is not None else ""

    def _judge(self, role: FunctionSpec, needs: Iterator[Need]) -> Denial | None:
        for need in needs:
            if not any(need.is_allowed_by(statement) for statement in role.statements):
                return _denied(role, need)
        return None

    def _needs(self, service: str, operation: str, body: Body) -> Iterator[Need]:
        if service == "dynamodb":
            return _dynamodb_needs(operation, body)
        if service == "kms":
            return self._kms_needs(operation, body)
        if service == "sqs":
            return _sqs_needs(operation, body)
        return iter([Need(f"secretsmanager:{operation}", _secret(body.get("SecretId", "*")))])

    def _kms_needs(self, operation: str, body: Body) -> Iterator[Need]:
        named = body.get("KeyId") or _key_of(str(body.get("CiphertextBlob", "")))
        key = named.removeprefix(identities.arn("kms", ""))
        key = self._aliases.get(key, key)
        resource = key if key == "*" else identities.arn("kms", f"key/{key.removeprefix('key/')}")
        context = {
            f"kms:EncryptionContext:{name}": value
            for name, value in (body.get("EncryptionContext") or {}).items()
        }
        yield Need(f"kms:{operation}", resource, context)


def _key_of(ciphertext: str) -> str:
    """The key that made a ciphertext, for a ``Decrypt`` that names none: it stands in front."""
    try:
        return base64.b64decode(ciphertext[:48], validate=True).decode("ascii") or "*"
    except ValueError:
        return "*"


def _dynamodb_needs(operation: str, body: Body) -> Iterator[Need]:
    """Transactions are authorized by their members, each on its table (AWS: "Using IAM with
    DynamoDB transactions"); batches by their own name, on each table."""
    if "TransactItems" in body:
        for member in body["TransactItems"]:
            ((kind, request),) = member.items()
            yield Need(f"dynamodb:{_TRANSACTION_ACTIONS[kind]}", _table(request))
    elif "RequestItems" in body:
        for table in body["RequestItems"]:
            yield Need(f"dynamodb:{operation}", _table({"TableName": table}))
    elif "StreamArn" in body:
        yield Need(f"dynamodb:{operation}", body["StreamArn"])
    else:
        yield Need(f"dynamodb:{operation}", _table(body))


def _table(request: Body) -> str:
    name = str(request.get("TableName", "*"))
    arn = name if name.startswith("arn:") else identities.arn("dynamodb", f"table/{name}")
    return f"{arn}/index/{request['IndexName']}" if "IndexName" in request else arn


def _sqs_needs(operation: str, body: Body) -> Iterator[Need]:
    queue = str(body.get("QueueUrl", "*")).rsplit("/", 1)[-1]
    yield Need(f"sqs:{operation.removesuffix('Batch')}", identities.arn("sqs", queue))


def _secret(secret_id: str) -> str:
    if secret_id.startswith("arn:") or secret_id == "*":
        return secret_id
    return identities.arn("secretsmanager", f"secret:{secret_id}-{identities.SECRET_SUFFIX}")


def _matches(pattern: str, text: str) -> bool:
    if "*" not in pattern:
        return pattern == text
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def _json(body: bytes) -> Body:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _denied(role: FunctionSpec, need: Need) -> Denial:
    message = (
        f"User: arn:aws:sts::{identities.ACCOUNT_ID}:assumed-role/"
        f"{identities.name(role.logical_id)}Role/{identities.name(role.logical_id)} "
        f"is not authorized to perform: {need.action} on resource: {need.resource} because no "
        f"identity-based policy allows the {need.action} action"
    )
    if need.context:
        message += f" with {json.dumps(dict(need.context), sort_keys=True)}"
    return Denial("AccessDeniedException", message)
