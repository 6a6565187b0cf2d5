"""Connect sessions. POST /connect/sessions and …/reconnect: API key. The rest: the session itself.

Use case: ``domain.connect_sessions``. Permissions: read keys, integrations and connections; write
sessions. Cannot decrypt.
"""

from urllib.parse import quote

from carrick import clock, wiring
from carrick.domain import connect_sessions
from carrick.domain.customer_urls import UrlRules
from carrick.edge.bodies import parse_body
from carrick.edge.caller import PUBLIC, SESSION, api_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.models import wire_connections
from carrick.models.api_sessions import CreateReconnectSession, CreateSession, Telemetry
from carrick.models.session import ConnectSession, SessionRequest
from carrick.settings import (
    loopback_is_allowed,
)
from functions.session.dependencies import dependencies

WRITE = api_key("environment:connect_sessions:write")


api = Api(
    authenticator=lambda: dependencies().authenticator,
    base_url=lambda: dependencies().settings.public_base_url,
)


@api.route("POST /connect/sessions", WRITE)
def create(request: Request) -> Response:
    body = parse_body(request, CreateSession)
    created = connect_sessions.create(
        request.authorized.environment_id, _checked(request, body), dependencies().sessions
    )
    return _created(request, *created)


@api.route("POST /connect/sessions/reconnect", WRITE)
def reconnect(request: Request) -> Response:
    body = parse_body(request, CreateReconnectSession)
    created = connect_sessions.create_reconnect(
        request.authorized.environment_id,
        body.integration_id,
        body.connection_id,
        _checked(request, body),
        dependencies().sessions,
    )
    return _created(request, *created)


@api.route("GET /connect/session", SESSION)
def read(request: Request) -> Response:
    return json_response(200, {"data": wire_connections.session(_session(request))})


@api.route("DELETE /connect/session", SESSION)
def delete(request: Request) -> Response:
    dependencies().sessions.sessions.delete(_session(request).token_hash)
    return Response(204)


@api.route("POST /connect/telemetry", PUBLIC)
def telemetry(request: Request) -> Response:
    parse_body(request, Telemetry)
    return Response(204)


def _checked(request: Request, body: CreateSession | CreateReconnectSession) -> SessionRequest:
    asked = body.request()
    rules = UrlRules(request.base_url, allow_loopback=loopback_is_allowed())
    rules.check_webhook_url(asked.webhook_url_override or "", ["webhook_url_override"])
    return asked


def _session(request: Request) -> ConnectSession:
    session = request.authorized.session
    assert session is not None
    return session


def _created(request: Request, token: str, session: ConnectSession) -> Response:
    data = {
        "token": token,
        "connect_link": f"{request.base_url}/connect/?session_token={quote(token)}",
        "expires_at": clock.iso_z(session.expires_at),
    }
    return json_response(201, {"data": data})


lambda_handler = api
wiring.warm(dependencies)
