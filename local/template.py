"""Reads ``template.yaml`` as AWS would deploy it: translated by SAM, every reference resolved."""

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import identities
from local.intrinsics import Intrinsics, TemplateError
from local.reading import (
    read_function,
    read_key,
    read_queue,
    read_routes,
    read_secret,
    read_table,
)
from local.resources import (
    KNOWN_PROPERTIES,
    LEFT_TO_AWS,
    FunctionSpec,
    KeySpec,
    QueueSpec,
    Route,
    SecretSpec,
    TableSpec,
)

Resources = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Stack:
    """The template as plain values. Mappings are by logical id, ``functions`` by folder name."""

    functions: Mapping[str, FunctionSpec]
    routes: tuple[Route, ...]
    tables: Mapping[str, TableSpec]
    queues: Mapping[str, QueueSpec]
    keys: Mapping[str, KeySpec]
    aliases: Mapping[str, str]
    secrets: Mapping[str, SecretSpec]

    @classmethod
    def load(cls, path: Path, parameters: Mapping[str, str] | None = None) -> "Stack":
        """Translate and resolve. ``parameters`` go over the template's defaults.

        Raises ``TemplateError`` with the logical id of what the local runner does not know.
        """
        source = _parse(path)
        resources = _resolve(source, _translate(source), parameters or {})
        functions = {
            spec.name: spec
            for spec in (
                read_function(logical_id, resources)
                for logical_id in _of_type(resources, "AWS::Lambda::Function")
            )
        }
        apis = _of_type(resources, "AWS::ApiGatewayV2::Api")
        return cls(
            functions=functions,
            routes=tuple(route for api in apis for route in read_routes(api, resources, functions)),
            tables=_read(resources, "AWS::DynamoDB::Table", read_table),
            queues=_read(resources, "AWS::SQS::Queue", read_queue),
            keys=_read(resources, "AWS::KMS::Key", read_key),
            aliases={
                resources[logical_id]["Properties"]["AliasName"]: resources[logical_id][
                    "Properties"
                ]["TargetKeyId"]
                for logical_id in _of_type(resources, "AWS::KMS::Alias")
            },
            secrets=_read(resources, "AWS::SecretsManager::Secret", read_secret),
        )


def _parse(path: Path) -> dict[str, Any]:
    from samtranslator.yaml_helper import yaml_parse

    source: dict[str, Any] = yaml_parse(path.read_text(encoding="utf-8"))
    return source


def _translate(source: dict[str, Any]) -> dict[str, Any]:
    """Expand the SAM types, without AWS."""
    # The translator asks botocore for a Region; which one does not matter here.
    os.environ.setdefault("AWS_DEFAULT_REGION", identities.REGION)
    from samtranslator.public.exceptions import InvalidDocumentException
    from samtranslator.translator.transform import transform

    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of metrics not sent
    for resource in source["Resources"].values():
        for code in {"CodeUri", "ContentUri"} & set(resource.get("Properties", {})):
            # A folder becomes a place in S3 when `sam deploy` uploads it.
            resource["Properties"][code] = f"s3://local/{resource['Properties'][code]}"
    try:
        translated: dict[str, Any] = transform(source, {}, _NoManagedPolicies())
    except InvalidDocumentException as error:
        causes = "; ".join(str(cause.message) for cause in error.causes)
        raise TemplateError(f"The template cannot be translated: {causes}") from error
    return translated


class _NoManagedPolicies:
    """Stands in for a list that the translator would fetch from AWS; it carries its own."""

    def load(self) -> dict[str, str]:
        return {}


def _resolve(
    source: dict[str, Any], translated: dict[str, Any], given: Mapping[str, str]
) -> Resources:
    parameters = _parameters(source, given)
    declared: Resources = translated["Resources"]

    def refer(name: str, attribute: str) -> Any:
        if name in declared:
            return identities.attribute(declared[name], name, attribute)
        return None if attribute else parameters.get(name, identities.PSEUDO_PARAMETERS.get(name))

    intrinsics = Intrinsics(translated.get("Conditions", {}), refer)
    resources: Resources = {}
    for logical_id, resource in declared.items():
        if "Condition" in resource and not intrinsics.condition(resource["Condition"]):
            continue
        _check_known(logical_id, resource)
        if resource["Type"] not in LEFT_TO_AWS:
            properties = intrinsics.resolve(resource.get("Properties", {}), logical_id)
            resources[logical_id] = {"Type": resource["Type"], "Properties": properties}
    return resources


def _parameters(source: dict[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    declared = source.get("Parameters", {})
    unknown = sorted(set(given) - set(declared))
    if unknown:
        raise TemplateError(f"The template has no parameter {unknown[0]}.")
    defaults = {name: value["Default"] for name, value in declared.items() if "Default" in value}
    return {**defaults, **given}


def _check_known(logical_id: str, resource: dict[str, Any]) -> None:
    kind = resource["Type"]
    if kind in LEFT_TO_AWS:
        return
    if kind not in KNOWN_PROPERTIES:
        raise TemplateError(f"{logical_id}: the local runner does not know the type {kind}.")
    unknown = sorted(set(resource.get("Properties", {})) - KNOWN_PROPERTIES[kind])
    if unknown:
        raise TemplateError(
            f"{logical_id}: the local runner does not know the property {unknown[0]} of {kind}."
        )


def _of_type(resources: Resources, kind: str) -> Iterator[str]:
    return (logical_id for logical_id, resource in resources.items() if resource["Type"] == kind)


def _read(resources: Resources, kind: str, read: Any) -> dict[str, Any]:
    return {
        logical_id: read(logical_id, resources[logical_id]["Properties"])
        for logical_id in _of_type(resources, kind)
    }
