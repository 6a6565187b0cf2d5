"""What ``POST /connections`` says, and its answer."""

from carrick import clock
from carrick.domain.connect_sessions import derived_tags
from carrick.domain.customer_urls import UrlRules
from carrick.domain.imports import ImportRequest, import_connection
from carrick.domain.shown_config import without_secrets
from carrick.edge.bodies import parse_body
from carrick.edge.http import Request, Response, json_response
from carrick.edge.query import only
from carrick.models import wire_connections
from carrick.models.api_imports import ImportConnection
from functions.credentials.dependencies import Dependencies

SEE_CREDENTIALS = "environment:connections:read_credentials"


def imported(request: Request, deps: Dependencies) -> Response:
    """Make or renew a connection. Its credentials are answered to keys that may see them."""
    only(request.query)
    body = parse_body(request, ImportConnection)
    UrlRules(request.base_url, deps.allows_loopback).check_webhook_url(
        body.webhook_url_override or "", ["webhook_url_override"]
    )
    caller = request.authorized
    connection, credentials = import_connection(caller.environment_id, _asked(body), deps.imports)
    if caller.has_scope(SEE_CREDENTIALS):
        return json_response(201, wire_connections.imported(connection, credentials))
    shown = without_secrets(connection, deps.imports.catalog)
    return json_response(201, wire_connections.imported(shown, None))


def _asked(body: ImportConnection) -> ImportRequest:
    members = body.credentials.model_dump(exclude_none=True)
    expires_at = members.pop("expires_at", None)
    assertion_option = members.pop("assertionOption", {})
    config = body.connection_config
    scopes = config.oauth_scopes_override if config is not None else None
    return ImportRequest(
        integration_id=body.provider_config_key,
        connection_id=body.connection_id or "",
        type=members.pop("type"),
        credentials=members,
        assertion_option=assertion_option,
        expires_at=clock.parse_iso(expires_at) if expires_at else None,
        connection_config=config.stored() if config is not None else None,
        scopes=tuple(scopes) if scopes else None,
        metadata=body.metadata,
        tags=_tags(body),
        end_user=body.stored_end_user(),
        webhook_url_override=body.webhook_url_override,
    )


def _tags(body: ImportConnection) -> dict[str, str] | None:
    """Those that follow from who connects, under the explicit ones; ``None`` if neither is said."""
    if body.end_user is None and body.tags is None:
        return None
    organization = body.organization.model_dump() if body.organization is not None else None
    end_user = body.end_user.stored() if body.end_user is not None else None
    return derived_tags(end_user, organization, body.tags)
