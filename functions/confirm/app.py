"""POST /connect/sessions/confirm: API key. Makes the connection of a session that asks for a word.

Use case: ``domain.confirmation``. Permissions: read keys, session, integration, connection; take
out what waits; commit connection, tags, event and result. Seals and unseals nothing.
"""

from carrick import wiring
from carrick.domain.confirmation import confirm
from carrick.edge.bodies import parse_body
from carrick.edge.caller import api_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.edge.query import only
from carrick.models import wire_connections
from carrick.models.api_sessions import ConfirmSession
from functions.confirm.dependencies import dependencies

WRITE = api_key("environment:connect_sessions:write")

api = Api(
    authenticator=lambda: dependencies().authenticator,
    base_url=lambda: dependencies().base_url,
)


@api.route("POST /connect/sessions/confirm", WRITE)
def confirm_session(request: Request) -> Response:
    only(request.query)
    given = parse_body(request, ConfirmSession).confirmation()
    key = confirm(request.authorized.environment_id, given, dependencies().confirmation)
    return json_response(200, {"data": wire_connections.confirmed(key)})


lambda_handler = api
wiring.warm(dependencies)
