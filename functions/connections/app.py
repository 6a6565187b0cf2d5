"""/connections: list, read fresh credentials, change, delete. API key only.

Use cases: ``domain.token_reads``, ``domain.connections``. Permissions: see ``template.yaml``; the
only HTTP function that unseals credentials.
"""

from carrick import wiring
from carrick.domain.token_reads import read_connection
from carrick.edge.caller import api_key
from carrick.edge.http import Api, Request, Response, json_response
from carrick.errors import NotFoundError
from carrick.models import wire_connections
from functions.connections import requests
from functions.connections.dependencies import dependencies

LIST = api_key("environment:connections:list", "environment:connections:list_credentials")
READ = api_key("environment:connections:read", "environment:connections:read_credentials")
UPDATE = api_key("environment:connections:update")
DELETE = api_key("environment:connections:delete")

api = Api(
    authenticator=lambda: dependencies().authenticator,
    base_url=lambda: dependencies().base_url,
)


@api.route("GET /connections", LIST)
def list_(request: Request) -> Response:
    return requests.listed(request, dependencies())


@api.route("GET /connections/{connection_id}", READ)
def read(request: Request) -> Response:
    wants = requests.switches(request)
    key, may_see = requests.key(request), request.authorized.has_scope(requests.SEE_CREDENTIALS)
    try:
        found = read_connection(
            key,
            dependencies().reads,
            seconds_left=request.seconds_left,
            force_refresh=wants["force_refresh"],
            fresh_app_jwt=wants["refresh_github_app_jwt_token"],
            with_credentials=may_see,
        )
    except NotFoundError as error:
        raise requests.missing(key, error, dependencies()) from error
    row = found.connection if may_see else dependencies().without_secrets(found.connection)
    body = wire_connections.connection(
        row, found.credentials, with_refresh_token=wants["refresh_token"]
    )
    if found.error is not None:
        return requests.invalid_credentials(found.error, body)
    return json_response(200, body)


@api.route("PATCH /connections/{connection_id}", UPDATE)
def update(request: Request) -> Response:
    return requests.changed(request, dependencies())


@api.route("DELETE /connections/{connection_id}", DELETE)
def delete(request: Request) -> Response:
    return requests.deleted(request, dependencies())


@api.route("POST /connections/metadata", UPDATE)
def set_metadata(request: Request) -> Response:
    return requests.metadata_changed(request, dependencies(), merge=False)


@api.route("PATCH /connections/metadata", UPDATE)
def update_metadata(request: Request) -> Response:
    return requests.metadata_changed(request, dependencies(), merge=True)


lambda_handler = api
wiring.warm(dependencies)
