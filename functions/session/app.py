"""Connect sessions. POST /connect/sessions and …/reconnect: API key. The rest: the session itself.

Use case: ``domain.connect_sessions``. Permissions: read keys, the environment, integrations and
connections; write sessions. Cannot decrypt.
"""

from carrick import wiring
from carrick.domain import connect_sessions
from carrick.domain.customer_urls import UrlRules
from carrick.edge.bodies import parse_body
from carrick.edge.caller import CROSS_ORIGIN, SESSION, api_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.query import only
from carrick.models import wire_connections
from carrick.models.api_sessions import CreateReconnectSession, CreateSession, Telemetry
from carrick.models.environment import ConnectUi
from carrick.models.session import SessionRequest
from functions.session.dependencies import dependencies

WRITE = api_key("environment:connect_sessions:write")

api = Api(
    authenticator=lambda: dependencies().authenticator,
    base_url=lambda: dependencies().settings.public_base_url,
)


@api.route("POST /connect/sessions", WRITE)
def create(request: Request) -> Response:
    only(request.query)
    body = parse_body(request, CreateSession)
    created = connect_sessions.create(
        request.authorized.environment_id, _checked(request, body), dependencies().sessions
    )
    data = wire_connections.created_session(*created, request.base_url)
    return json_response(201, {"data": data})


@api.route("POST /connect/sessions/reconnect", WRITE)
def reconnect(request: Request) -> Response:
    only(request.query)
    body = parse_body(request, CreateReconnectSession)
    created = connect_sessions.create_reconnect(
        request.authorized.environment_id,
        body.integration_id,
        body.connection_id,
        _checked(request, body),
        dependencies().sessions,
    )
    data = wire_connections.created_session(*created, request.base_url)
    return json_response(201, {"data": data})


@api.route("GET /connect/session", SESSION)
def read(request: Request) -> Response:
    only(request.query)
    deps, session = dependencies(), request.session
    environment = deps.environments.get(session.environment_id)
    look = environment.connect_ui if environment else ConnectUi()
    shown = wire_connections.session(session, deps.settings.websockets_path, look)
    return json_response(200, {"data": shown})


@api.route("DELETE /connect/session", SESSION)
def delete(request: Request) -> Response:
    dependencies().sessions.sessions.delete(request.session.token_hash)
    return Response(204)


@api.route("POST /connect/telemetry", CROSS_ORIGIN)
def telemetry(request: Request) -> Response:
    parse_body(request, Telemetry)
    return Response(204)


def _checked(request: Request, body: CreateSession | CreateReconnectSession) -> SessionRequest:
    asked = body.request()
    rules = UrlRules(request.base_url, allow_loopback=dependencies().allow_loopback)
    rules.check_webhook_url(asked.webhook_url_override or "", ["webhook_url_override"])
    return asked


api.preflight("/connect/session", "GET", "DELETE")
api.preflight("/connect/telemetry", "POST")

lambda_handler = api
wiring.warm(dependencies)
