"""Request bodies in the document are those that the code checks, down to limits and patterns."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from carrick.models import (
    api_connections,
    api_credentials,
    api_environments,
    api_imports,
    api_integrations,
    api_sessions,
)
from carrick.models.fields import Body
from tests.contract.document import OPERATIONS, at

MODELS: dict[str, type[Body]] = {
    "POST /environments": api_environments.CreateEnvironment,
    "PATCH /environments/{environment_id}": api_environments.UpdateEnvironment,
    "POST /environments/{environment_id}/api-keys": api_environments.CreateApiKey,
    "POST /environment/webhook-signing-key/rotate": api_environments.RotateSigningKey,
    "POST /integrations": api_integrations.CreateIntegration,
    "PATCH /integrations/{integration_id}": api_integrations.UpdateIntegration,
    "POST /connect/sessions": api_sessions.CreateSession,
    "POST /connect/sessions/reconnect": api_sessions.CreateReconnectSession,
    "POST /connect/sessions/confirm": api_sessions.ConfirmSession,
    "POST /connect/telemetry": api_sessions.Telemetry,
    "POST /api-auth/api-key/{integration_id}": api_credentials.ApiKey,
    "POST /api-auth/basic/{integration_id}": api_credentials.Basic,
    "POST /oauth2/auth/{integration_id}": api_credentials.ClientCredentials,
    "POST /auth/two-step/{integration_id}": api_credentials.TwoStep,
    "POST /auth/aws-sigv4/{integration_id}": api_credentials.AwsRole,
    "POST /auth/bill/{integration_id}": api_credentials.Bill,
    "POST /auth/jwt/{integration_id}": api_credentials.Jwt,
    "POST /auth/signature/{integration_id}": api_credentials.Signature,
    "POST /auth/tba/{integration_id}": api_credentials.TokenBased,
    "POST /auth/oauth-outbound/{integration_id}": api_credentials.Nothing,
    "POST /auth/unauthenticated/{integration_id}": api_credentials.Nothing,
    "POST /connections": api_imports.ImportConnection,
    "PATCH /connections/{connection_id}": api_connections.UpdateConnection,
    "POST /connections/metadata": api_connections.ChangeMetadata,
    "PATCH /connections/metadata": api_connections.ChangeMetadata,
}
WORDS = {"title", "description", "default", "example", "discriminator", "format", "writeOnly"}
"""What says nothing of which bodies are taken."""


def inlined(value: Any, target: Callable[[str], Any]) -> Any:
    """The same with every reference replaced by what it leads to."""
    if isinstance(value, list):
        return [inlined(member, target) for member in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return inlined(target(value["$ref"].removeprefix("#")), target)
    return {name: inlined(member, target) for name, member in value.items()}


def meaning(schema: Any) -> Any:
    """What a schema lets through, in one form for what can be said in two ways."""
    if not isinstance(schema, dict):
        return schema
    form: dict[str, Any] = {}
    for name, value in schema.items():
        if name in {"anyOf", "oneOf"}:
            form["any"] = sorted(map(meaning, value), key=partial(json.dumps, sort_keys=True))
        elif name == "properties":
            form[name] = {member: meaning(part) for member, part in value.items()}
        elif name == "patternProperties":
            ((pattern, part),) = value.items()
            form |= {"propertyNames": {"pattern": pattern}, "additionalProperties": meaning(part)}
        elif name == "const":
            form["enum"] = [value]
        elif name == "required":
            form[name] = sorted(value)
        elif name not in WORDS:
            form[name] = meaning(value)
    return form


def test_every_json_body_has_its_model() -> None:
    assert {key for key in OPERATIONS if OPERATIONS[key].request_schema()} == set(MODELS)


@pytest.mark.parametrize("key", MODELS)
def test_the_body_is_the_models(key: str) -> None:
    documented = inlined({"$ref": OPERATIONS[key].request_schema()}, lambda place: at(place)[1])
    schema = MODELS[key].model_json_schema()
    definitions = schema.pop("$defs", {})
    checked = inlined(schema, lambda place: definitions[place.rpartition("/")[2]])

    assert lines(meaning(documented)) == lines(meaning(checked))


def lines(value: Any) -> list[str]:
    return json.dumps(value, indent=1, sort_keys=True).splitlines()
