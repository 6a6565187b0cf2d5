r"""Starts ministack, the emulator that this folder deploys into, and closes what it leaves open.

A program for ministack's own environment, never imported by the tests::

    GATEWAY_PORT=4600 BIND_HOST=127.0.0.1 AUTH=true \
        build/ministack/bin/python tests/deploy/emulator.py

ministack is young. Its version is pinned, and these are private names of that version. Where AWS
does something that ministack does not, this does it:

- An HTTP API's routes are read from the OpenAPI ``Body``, which is all that SAM writes.
- A table's ``TimeToLiveSpecification`` is applied.
- ``Ref`` of a secret is its ARN, and ``ExcludePunctuation`` is heeded.
- Numbers that come from a parameter are numbers.
- The encryption context of a KMS request is known to the conditions of IAM policies.
- A batch of SQS messages needs the permission for one (``sqs:SendMessage``).
- The event of an HTTP API has cookies apart from its headers, and no path parameters that are null.
- Variables that name a place under /opt mean the layers, which ministack unpacks elsewhere.
- A schedule is looked at each second, not each ten.

Where it differs still, so that no test here shows it: a KMS ciphertext that was tampered with
decrypts to garbage; ``ReportBatchItemFailures`` and the retries of a stream are not heeded, nor are
a role's permissions on the queue or stream that Lambda reads for it; access logs are not written;
a table's settings for backup and encryption are not kept; there is neither TLS nor a look at
certificates; names of execute-api hosts are not resolved, so the tests say where a domain is.
"""

import json
import string
from typing import Any

from ministack import app
from ministack.core import iam_actions, lambda_runtime
from ministack.services import apigateway, dynamodb, lambda_svc, scheduler
from ministack.services.cloudformation import provisioners

ANY_METHOD = "x-amazon-apigateway-any-method"

# Goes into the bootstrap of each function, after its variables are set and before its layers are
# put on the path.
LAYERS_UNDER_OPT = """
    for _name, _value in env.items():
        if _value.startswith("/opt/"):
            for _layer in os.environ.get("_LAMBDA_LAYERS_DIRS", "").split(os.pathsep):
                _place = os.path.join(_layer, _value[len("/opt/"):])
                if os.path.exists(_place):
                    os.environ[_name] = _place
"""
VARIABLES_ARE_SET = "    os.environ.update(env)\n"


def read_routes_of_the_body() -> None:
    handler = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    create, update = handler["create"], handler["update"]

    def create_with_routes(logical_id: str, properties: Any, stack: str) -> Any:
        api_id, attributes = create(logical_id, properties, stack)
        make_routes(api_id, properties)
        return api_id, attributes

    def update_with_routes(api_id: str, old: Any, new: Any, stack: str, **more: Any) -> Any:
        answer = update(api_id, old, new, stack, **more)
        for made in (apigateway._routes, apigateway._integrations):
            made[api_id] = {}
        make_routes(api_id, new)
        return answer

    handler.update(create=create_with_routes, update=update_with_routes)


def make_routes(api_id: str, properties: Any) -> None:
    for path, operations in (properties.get("Body") or {}).get("paths", {}).items():
        for method, operation in operations.items():
            integration = {
                "integrationType": "AWS_PROXY",
                "integrationUri": operation["x-amazon-apigateway-integration"]["uri"],
                "payloadFormatVersion": "2.0",
            }
            apigateway._create_integration(api_id, integration)
            verb = "ANY" if method == ANY_METHOD else method.upper()
            route = {
                "routeKey": path if path == "$default" else f"{verb} {path}",
                "target": f"integrations/{list(apigateway._integrations[api_id])[-1]}",
            }
            apigateway._create_route(api_id, route)


def apply_time_to_live() -> None:
    handler = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create = handler["create"]

    def create_with_time_to_live(logical_id: str, properties: Any, stack: str) -> Any:
        name, attributes = create(logical_id, properties, stack)
        if "TimeToLiveSpecification" in properties:
            wanted = {**properties["TimeToLiveSpecification"], "Enabled": True}
            dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": wanted})
        return name, attributes

    handler["create"] = create_with_time_to_live


def refer_to_secrets_by_arn() -> None:
    handler = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = handler["create"], handler["update"], handler["delete"]

    def create_with_arn(logical_id: str, properties: Any, stack: str) -> Any:
        generate = dict(properties.get("GenerateSecretString", {}))
        if generate.pop("ExcludePunctuation", False):
            generate["ExcludeCharacters"] = string.punctuation
        _, attributes = create(logical_id, {**properties, "GenerateSecretString": generate}, stack)
        return attributes["Arn"], attributes

    def name_of(arn: str) -> str:
        return arn.rsplit(":", 1)[-1].rsplit("-", 1)[0]

    def update_by_arn(arn: str, *arguments: Any, **more: Any) -> Any:
        return arn, update(name_of(arn), *arguments, **more)[1]

    def delete_by_arn(arn: str, properties: Any) -> None:
        delete(name_of(arn), properties)

    handler.update(create=create_with_arn, update=update_by_arn, delete=delete_by_arn)


def take_numbers_from_parameters() -> None:
    handler = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    create = handler["create"]

    def create_with_numbers(logical_id: str, properties: Any, stack: str) -> Any:
        scaling = properties.get("ScalingConfig")
        if scaling:
            numbers = {name: int(value) for name, value in scaling.items()}
            properties = {**properties, "ScalingConfig": numbers}
        return create(logical_id, properties, stack)

    handler["create"] = create_with_numbers


def tell_policies_the_encryption_context() -> None:
    context_of = iam_actions.request_tag_context

    def with_encryption_context(service: str, action: str, body: bytes, parameters: Any) -> Any:
        context = context_of(service, action, body, parameters)
        if service == "kms":
            pairs = (json.loads(body or b"{}").get("EncryptionContext") or {}).items()
            context.update({f"kms:EncryptionContext:{name}": value for name, value in pairs})
        return context

    iam_actions.request_tag_context = with_encryption_context


def allow_batches_to_who_may_send_one() -> None:
    action_of = iam_actions.extract_iam_action

    def without_batch(*arguments: Any, **more: Any) -> str | None:
        action: str | None = action_of(*arguments, **more)
        return action.removesuffix("Batch") if action and action.startswith("sqs:") else action

    iam_actions.extract_iam_action = without_batch


def give_events_as_aws_does() -> None:
    execute = lambda_svc._execute_function_with_config_scope

    def execute_with_cookies(function: Any, event: Any) -> Any:
        if event.get("version") == "2.0":
            cookie = event["headers"].pop("cookie", "")
            if cookie:
                event["cookies"] = [one.strip() for one in cookie.split(";")]
            if event.get("pathParameters", "absent") is None:
                del event["pathParameters"]
        return execute(function, event)

    lambda_svc._execute_function_with_config_scope = execute_with_cookies


def find_layers_under_opt() -> None:
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(VARIABLES_ARE_SET) != 1:
        raise SystemExit("This is another ministack than the one that emulator.py was written for.")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(
        VARIABLES_ARE_SET, VARIABLES_ARE_SET + LAYERS_UNDER_OPT
    )


if __name__ == "__main__":
    read_routes_of_the_body()
    apply_time_to_live()
    refer_to_secrets_by_arn()
    take_numbers_from_parameters()
    tell_policies_the_encryption_context()
    allow_batches_to_who_may_send_one()
    give_events_as_aws_does()
    find_layers_under_opt()
    scheduler._SCHEDULE_TICK_INTERVAL = 1
    app.main()
