"""The routes of the stack's APIs, from the resolved resources of the translated template."""

from collections.abc import Iterator, Mapping
from typing import Any

from local import identities
from local.intrinsics import TemplateError
from local.resources import FunctionSpec, Route, SocketApi

Resources = dict[str, dict[str, Any]]
Properties = dict[str, Any]

_ANY_METHOD = "x-amazon-apigateway-any-method"
_SOCKET_ROUTES = frozenset({"$connect", "$disconnect", "$default"})


def read_routes(
    api: str, resources: Resources, functions: Mapping[str, FunctionSpec]
) -> Iterator[Route]:
    """The routes of an HTTP API, from the OpenAPI document that SAM writes for it."""
    for path, operations in resources[api]["Properties"]["Body"]["paths"].items():
        for method, operation in operations.items():
            integration = operation["x-amazon-apigateway-integration"]
            verb = "ANY" if method == _ANY_METHOD else method.upper()
            yield Route(api, verb, path, _function_of(integration["uri"], functions))


def read_socket_api(
    api: str, resources: Resources, functions: Mapping[str, FunctionSpec]
) -> SocketApi:
    """A WebSocket API, from the resources that name it."""
    api_id = identities.api_id(api)
    (stage,) = (
        properties["StageName"]
        for kind, properties in _parts_of(api_id, resources)
        if kind == "AWS::ApiGatewayV2::Stage"
    )
    found: dict[str, str] = {}
    for kind, properties in _parts_of(api_id, resources):
        if kind != "AWS::ApiGatewayV2::Route":
            continue
        key = properties["RouteKey"]
        if key not in _SOCKET_ROUTES or properties.get("AuthorizationType", "NONE") != "NONE":
            raise TemplateError(f"{api}: the local runner does not know a route like {key}.")
        found[key] = _function_of(_integration(api, properties["Target"], resources), functions)
    return SocketApi(api, api_id, stage, found)


def _parts_of(api_id: str, resources: Resources) -> Iterator[tuple[str, Properties]]:
    for resource in resources.values():
        if resource["Properties"].get("ApiId") == api_id:
            yield resource["Type"], resource["Properties"]


def _integration(api: str, target: str, resources: Resources) -> str:
    """The URI of the integration that a route leads to."""
    for logical_id, resource in resources.items():
        properties = resource["Properties"]
        if f"integrations/{identities.name(logical_id)}" == target:
            if properties["IntegrationType"] != "AWS_PROXY":
                raise TemplateError(f"{logical_id}: the local runner only knows AWS_PROXY.")
            return str(properties["IntegrationUri"])
    raise TemplateError(f"{api}: there is no {target}.")


def _function_of(uri: str, functions: Mapping[str, FunctionSpec]) -> str:
    """The name of the function whose integration URI this is."""
    arn = uri.removesuffix("/invocations").rsplit("/functions/", 1)[1]
    by_arn = {identities.function_arn(spec.logical_id): name for name, spec in functions.items()}
    return by_arn[arn]
