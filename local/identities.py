"""The physical ids of the stack's resources, as functions of their logical ids.

CloudFormation invents most of them; here they are fixed, so that everything the template refers to
is known before anything is made, and what was sealed or stored in one run is found in the next.
"""

import uuid
from collections.abc import Callable
from typing import Any

STACK_NAME = "carrick-local"
ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
STREAM_LABEL = "2000-01-01T00:00:00.000"
SECRET_SUFFIX = "LocaL1"

PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT_ID,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
}

_KEY_NAMESPACE = uuid.UUID("5f7c1c1e-0c9b-4a8e-9d2f-6f0f2b9f3a51")


def name(logical_id: str) -> str:
    """The name of a table, queue, function, secret or role."""
    return f"{STACK_NAME}-{logical_id}"


def arn(service: str, resource: str) -> str:
    """An ARN in the local account and Region."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"


def key_id(logical_id: str) -> str:
    """The id of a KMS key: a UUID, since ciphertexts begin with 36 characters of it."""
    return str(uuid.uuid5(_KEY_NAMESPACE, logical_id))


def queue_url(logical_id: str) -> str:
    """As in AWS; a client with another endpoint sends it in the body all the same."""
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT_ID}/{name(logical_id)}"


def table_arn(logical_id: str) -> str:
    return arn("dynamodb", f"table/{name(logical_id)}")


def stream_arn(logical_id: str) -> str:
    return f"{table_arn(logical_id)}/stream/{STREAM_LABEL}"


def queue_arn(logical_id: str) -> str:
    return arn("sqs", name(logical_id))


def key_arn(logical_id: str) -> str:
    return arn("kms", f"key/{key_id(logical_id)}")


def secret_arn(logical_id: str) -> str:
    return arn("secretsmanager", f"secret:{name(logical_id)}-{SECRET_SUFFIX}")


def function_arn(logical_id: str) -> str:
    return arn("lambda", f"function:{name(logical_id)}")


def role_arn(logical_id: str) -> str:
    return f"arn:aws:iam::{ACCOUNT_ID}:role/{name(logical_id)}"


def log_group_arn(logical_id: str) -> str:
    return arn("logs", f"log-group:{name(logical_id)}:*")


def api_id(logical_id: str) -> str:
    return logical_id.lower()


def api_endpoint(logical_id: str) -> str:
    """The address that an API has in AWS. The management API of a WebSocket API is there too."""
    return f"https://{api_id(logical_id)}.execute-api.{REGION}.amazonaws.com"


Identity = Callable[[str], str]

# What `Ref` ("") and `Fn::GetAtt` give for each type of resource.
ATTRIBUTES: dict[str, dict[str, Identity]] = {
    "AWS::ApiGatewayV2::Api": {
        "": api_id,
        "ApiId": api_id,
        "ApiEndpoint": api_endpoint,
    },
    "AWS::ApiGatewayV2::DomainName": {"": name, "RegionalDomainName": name},
    "AWS::ApiGatewayV2::Integration": {"": name},
    "AWS::DynamoDB::Table": {"": name, "Arn": table_arn, "StreamArn": stream_arn},
    "AWS::IAM::Role": {"": name, "Arn": role_arn},
    "AWS::KMS::Key": {"": key_id, "Arn": key_arn, "KeyId": key_id},
    "AWS::Lambda::Function": {"": name, "Arn": function_arn},
    "AWS::Lambda::LayerVersion": {"": lambda logical: arn("lambda", f"layer:{name(logical)}:1")},
    "AWS::Logs::LogGroup": {"": name, "Arn": log_group_arn},
    "AWS::SecretsManager::Secret": {"": secret_arn, "Id": secret_arn},
    "AWS::SQS::Queue": {
        "": queue_url,
        "Arn": queue_arn,
        "QueueName": name,
        "QueueUrl": queue_url,
    },
}


def attribute(resource: dict[str, Any], logical_id: str, attribute_name: str) -> str | None:
    """What a reference to a resource gives, or ``None`` if that is not known here."""
    if resource["Type"] == "AWS::ApiGatewayV2::Stage" and not attribute_name:
        return str(resource["Properties"]["StageName"])
    identity = ATTRIBUTES.get(resource["Type"], {}).get(attribute_name)
    return None if identity is None else identity(logical_id)
