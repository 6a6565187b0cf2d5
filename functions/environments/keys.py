"""The actions on API keys and webhook signing keys; ``app`` says on which routes."""

from carrick.domain import environments
from carrick.edge.bodies import parse_body
from carrick.edge.http import Request, Response, json_response
from carrick.edge.parameters import path_parameter
from carrick.models import patterns
from carrick.models import wire_environments as wire
from carrick.models.api_environments import CreateApiKey, RotateSigningKey
from functions.environments.dependencies import dependencies


def environment_id(request: Request) -> str:
    """The environment that the path names: for the root key alone, which has none of its own."""
    return path_parameter(request, "environment_id", patterns.ENVIRONMENT_ID)


def list_api_keys(request: Request) -> Response:
    keys = environments.list_api_keys(environment_id(request), dependencies().use_cases)
    return json_response(200, {"data": [wire.api_key_body(key) for key in keys]})


def create_api_key(request: Request) -> Response:
    body = parse_body(request, CreateApiKey)
    issued = environments.create_api_key(
        environment_id(request), body.display_name, body.scopes, dependencies().use_cases
    )
    return json_response(201, {"data": wire.issued_key_body(issued.key, issued.token)})


def delete_api_key(request: Request) -> Response:
    key_id = path_parameter(request, "key_id", patterns.API_KEY_ID)
    environments.delete_api_key(environment_id(request), key_id, dependencies().use_cases)
    return json_response(200, {"success": True})


def read_signing_keys(request: Request) -> Response:
    keys = environments.signing_keys(environment_id(request), dependencies().use_cases)
    return json_response(200, {"data": [_shown(key) for key in keys]})


def rotate_signing_key(request: Request) -> Response:
    body = parse_body(request, RotateSigningKey, optional=True)
    key = environments.rotate_signing_key(
        request.authorized.environment_id, body.overlap_seconds, dependencies().use_cases
    )
    return json_response(200, {"data": _shown(key)})


def _shown(key: environments.LiveSigningKey) -> dict[str, object]:
    return wire.signing_key_body(key.text, key.created_at, key.expires_at)
