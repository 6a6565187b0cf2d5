"""Environments, their API keys, webhook endpoints and signing keys; environment variables.

``/environments…`` takes the root key, the rest an API key with its scope. Use cases:
``domain.environments``. Permissions: EnvironmentsTable; whether IntegrationsTable holds a row; the
KMS key for purpose ``signing``; the secret of the root key.
"""

from carrick import wiring
from carrick.domain import environments
from carrick.domain.customer_urls import UrlRules
from carrick.edge.bodies import parse_body
from carrick.edge.caller import ROOT, api_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.query import only, text
from carrick.models import wire_environments as wire
from carrick.models.api_environments import CreateEnvironment, UpdateEnvironment
from functions.environments import keys
from functions.environments.dependencies import Settings, dependencies
from functions.environments.keys import environment_id

__all__ = ["Settings", "dependencies", "lambda_handler"]

ENVIRONMENT = "/environments/{environment_id}"
ROTATE = api_key("environment:webhook_signing_key:rotate")
VARIABLES = api_key("environment:variables:read")

api = Api(
    authenticator=lambda: dependencies().authenticator, base_url=lambda: dependencies().base_url
)


@api.route("GET /environments", ROOT)
def list_environments(request: Request) -> Response:
    only(request.query, "name")
    found = environments.find(text(request.query, "name"), dependencies().use_cases)
    return json_response(200, {"data": [wire.environment_body(each) for each in found]})


@api.route("POST /environments", ROOT)
def create_environment(request: Request) -> Response:
    body = parse_body(request, CreateEnvironment)
    new = environments.create(body.name, dependencies().use_cases)
    shown = wire.created_environment_body(
        new.environment, new.first_key.key, new.first_key.token, new.signing_key
    )
    return json_response(201, {"data": shown})


@api.route(f"GET {ENVIRONMENT}", ROOT)
def read_environment(request: Request) -> Response:
    environment = environments.read(environment_id(request), dependencies().use_cases)
    return json_response(200, {"data": wire.environment_body(environment)})


@api.route(f"PATCH {ENVIRONMENT}", ROOT)
def update_environment(request: Request) -> Response:
    changes = parse_body(request, UpdateEnvironment).given()
    rules = UrlRules(request.base_url, dependencies().allow_loopback)
    environment = environments.update(
        environment_id(request), changes, rules, dependencies().use_cases
    )
    return json_response(200, {"data": wire.environment_body(environment)})


@api.route(f"DELETE {ENVIRONMENT}", ROOT)
def delete_environment(request: Request) -> Response:
    environments.delete(environment_id(request), dependencies().use_cases)
    return json_response(200, {"success": True})


api.route(f"GET {ENVIRONMENT}/api-keys", ROOT)(keys.list_api_keys)
api.route(f"POST {ENVIRONMENT}/api-keys", ROOT)(keys.create_api_key)
api.route(f"DELETE {ENVIRONMENT}/api-keys/{{key_id}}", ROOT)(keys.delete_api_key)
api.route(f"GET {ENVIRONMENT}/webhook-signing-key", ROOT)(keys.read_signing_keys)
api.route("POST /environment/webhook-signing-key/rotate", ROTATE)(keys.rotate_signing_key)


@api.route("GET /environment-variables", VARIABLES)
def list_variables(request: Request) -> Response:
    """None: they are read by functions, which do not exist here. Clients ask all the same."""
    only(request.query)
    return json_response(200, [])


lambda_handler = api

wiring.warm(dependencies)
