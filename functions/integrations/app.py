"""Integrations: providers configured with a client of the customer's.

=============================== ==============================================================
``GET /integrations``           connect session, or API key: ``list`` or ``list_credentials``
``POST /integrations``          API key: ``create``
``GET /integrations/{id}``      API key: ``read`` or ``read_credentials``
``PATCH, DELETE``               API key: ``update``, ``delete``
=============================== ==============================================================

The scopes begin with ``environment:integrations:``. Use cases: ``domain.integrations``.
Permissions: IntegrationsTable; the KMS key for purpose ``integration``; a deletion takes the
connections with it (ConnectionsTable, ConnectionTagsTable, OutboxTable).
"""

from carrick import wiring
from carrick.domain import integrations
from carrick.edge.bodies import parse_body
from carrick.edge.caller import api_key, session_or_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.parameters import choices, path_parameter
from carrick.edge.query import only
from carrick.models import patterns
from functions.integrations.answers import included, shown
from functions.integrations.dependencies import Settings, dependencies

__all__ = ["Settings", "dependencies", "lambda_handler"]

SCOPE = "environment:integrations:"
INTEGRATION = "/integrations/{integration_id}"

api = Api(
    authenticator=lambda: dependencies().authenticator, base_url=lambda: dependencies().base_url
)


@api.route("GET /integrations", session_or_key(f"{SCOPE}list", f"{SCOPE}list_credentials"))
def list_integrations(request: Request) -> Response:
    caller = request.authorized
    found = integrations.list_integrations(
        caller.environment_id, caller.session, dependencies().use_cases
    )
    return json_response(200, {"data": shown(request, found)})


@api.route("POST /integrations", api_key(f"{SCOPE}create"))
def create_integration(request: Request) -> Response:
    # Imported here: pydantic costs 80 ms, which a list in a browser should not wait for.
    from carrick.models.api_integrations import CreateIntegration  # noqa: PLC0415

    only(request.query)
    body = parse_body(request, CreateIntegration)
    created = integrations.create(
        request.authorized.environment_id,
        body.provider,
        body.changes(),
        request.base_url,
        dependencies().use_cases,
    )
    return json_response(200, {"data": shown(request, [created])[0]})


@api.route(f"GET {INTEGRATION}", api_key(f"{SCOPE}read", f"{SCOPE}read_credentials"))
def read_integration(request: Request) -> Response:
    include = choices(request, "include", "webhook", "credentials")
    if "credentials" in include:
        request.authorized.require(f"{SCOPE}read_credentials")
    integration = integrations.read(*_key(request), dependencies().use_cases)
    answer = shown(request, [integration])[0] | included(integration, include)
    return json_response(200, {"data": answer})


@api.route(f"PATCH {INTEGRATION}", api_key(f"{SCOPE}update"))
def update_integration(request: Request) -> Response:
    from carrick.models.api_integrations import UpdateIntegration  # noqa: PLC0415 - as above

    only(request.query)
    changes = parse_body(request, UpdateIntegration).changes()
    changed = integrations.update(
        *_key(request), changes, request.base_url, dependencies().use_cases
    )
    return json_response(200, {"data": shown(request, [changed])[0]})


@api.route(f"DELETE {INTEGRATION}", api_key(f"{SCOPE}delete"))
def delete_integration(request: Request) -> Response:
    integrations.delete(*_key(request), dependencies().use_cases)
    return json_response(200, {"success": True})


def _key(request: Request) -> tuple[str, str]:
    integration_id = path_parameter(request, "integration_id", patterns.UNIQUE_KEY)
    return request.authorized.environment_id, integration_id


api.preflight("/integrations", "GET")

lambda_handler = api

wiring.warm(dependencies)
