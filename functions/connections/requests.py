"""What requests to ``/connections`` say, and the answers that need more than a line."""

import re

from carrick.domain import connections
from carrick.edge.http import Request, Response, json_response
from carrick.edge.parameters import path_parameter
from carrick.edge.query import Query, boolean, group, only, text
from carrick.errors import (
    CarrickError,
    InvalidRequestError,
    NotFoundError,
    PayloadTooLargeError,
)
from carrick.models import wire_connections
from carrick.models.connection import ConnectionKey
from carrick.models.patterns import CONNECTION_ID, UNIQUE_KEY
from functions.connections.dependencies import Dependencies

SEE_CREDENTIALS = "environment:connections:read_credentials"
SWITCHES = ("force_refresh", "refresh_token", "refresh_github_app_jwt_token")
MOST_LISTED = 2_000
LISTED_BY_DEFAULT = 10_000
LONGEST_SEARCH = 255
MOST_INTEGRATIONS = 100
# Lambda answers with at most 6 MB.
MAX_LIST_BYTES = 5 * 1024 * 1024


def key(request: Request) -> ConnectionKey:
    """The connection that path and query name, in the caller's environment."""
    integration_id = text(request.query, "provider_config_key")
    if not integration_id:
        raise _invalid("provider_config_key is required.")
    _check(integration_id, UNIQUE_KEY, "provider_config_key")
    connection_id = path_parameter(request, "connection_id", CONNECTION_ID)
    return ConnectionKey(request.authorized.environment_id, integration_id, connection_id)


def switches(request: Request) -> dict[str, bool]:
    """What a read is asked to do. All of it needs the scope to see credentials."""
    only(request.query, "provider_config_key", *SWITCHES)
    wants = {name: boolean(request.query, name) for name in SWITCHES}
    if any(wants.values()):
        request.authorized.require(SEE_CREDENTIALS)
    return wants


def missing(key: ConnectionKey, error: CarrickError, deps: Dependencies) -> CarrickError:
    """Which of the two is unknown: the integration or the connection (contract §7.2)."""
    if deps.integrations.get(key.environment_id, key.integration_id) is None:
        return InvalidRequestError("Provider does not exists", code="unknown_provider_config")
    return error


def invalid_credentials(error: CarrickError, connection: object) -> Response:
    """No credentials that work: what is known of the connection, and why (contract §7.2)."""
    body = {
        "code": "invalid_credentials",
        "message": error.message,
        "type": error.code,
        "payload": {"connection": connection},
    }
    return json_response(424, {"error": body})


def filters(query: Query) -> connections.Filters:
    """The query of a list. Raises ``InvalidRequestError`` for what it does not take."""
    only(
        query,
        "connectionId",
        "search",
        "endUserId",
        "endUserOrganizationId",
        "integrationId",
        "tags",
        "failing",
        "limit",
        "page",
    )
    integration_ids = tuple(filter(None, (text(query, "integrationId") or "").split(",")))
    if len(integration_ids) > MOST_INTEGRATIONS:
        raise _invalid(f"integrationId takes at most {MOST_INTEGRATIONS}.")
    for integration_id in integration_ids:
        _check(integration_id, UNIQUE_KEY, "integrationId")
    search = text(query, "search") or ""
    if len(search) > LONGEST_SEARCH:
        raise _invalid(f"search has at most {LONGEST_SEARCH} characters.")
    return connections.Filters(
        connection_id=text(query, "connectionId") or "",
        search=search,
        end_user_id=text(query, "endUserId") or "",
        organization_id=text(query, "endUserOrganizationId") or "",
        integration_ids=integration_ids,
        tags={name.lower(): value for name, value in group(query, "tags").items()},
        only_failing=boolean(query, "failing"),
        limit=_number(query, "limit", 1, MOST_LISTED, LISTED_BY_DEFAULT),
        page=_number(query, "page", 0, 1_000_000, 0),
    )


def listed(request: Request, deps: Dependencies) -> Response:
    """``GET /connections``."""
    environment_id = request.authorized.environment_id
    rows = connections.list_connections(environment_id, filters(request.query), deps.changes)
    answer = json_response(200, {"connections": [wire_connections.summary(row) for row in rows]})
    if len(answer.body.encode()) > MAX_LIST_BYTES:
        raise PayloadTooLargeError("The list is over 5 MiB. Ask for fewer with limit and page.")
    return answer


def changed(request: Request, deps: Dependencies) -> Response:
    """``PATCH /connections/{id}``."""
    # Bodies bring pydantic, and the URL rules the egress guard: reads need neither.
    from carrick.domain.customer_urls import UrlRules  # noqa: PLC0415
    from carrick.edge.bodies import parse_body  # noqa: PLC0415
    from carrick.models.api_connections import UpdateConnection  # noqa: PLC0415

    only(request.query, "provider_config_key")
    body = parse_body(request, UpdateConnection)
    UrlRules(request.base_url, deps.allows_loopback).check_webhook_url(
        body.webhook_url_override or "", ["webhook_url_override"]
    )
    target = key(request)
    try:
        connections.update(
            target,
            deps.changes,
            end_user=body.stored_end_user(),
            tags=body.tags,
            webhook_url_override=body.webhook_url_override,
        )
    except NotFoundError as error:
        raise missing(target, error, deps) from error
    return json_response(200, {"success": True})


def deleted(request: Request, deps: Dependencies) -> Response:
    """``DELETE /connections/{id}``. One that is not there is 400 here (contract §7.5)."""
    only(request.query, "provider_config_key")
    target = key(request)
    integration = deps.integrations.get(target.environment_id, target.integration_id)
    try:
        connections.delete(target, deps.changes, integration=integration)
    except NotFoundError as error:
        raise InvalidRequestError(error.message, code="unknown_connection") from error
    return json_response(200, {"success": True})


def metadata_changed(request: Request, deps: Dependencies, *, merge: bool) -> Response:
    """``POST`` (replace, 201) and ``PATCH`` (merge, 200) ``/connections/metadata``."""
    from carrick.edge.bodies import parse_body  # noqa: PLC0415 - as above
    from carrick.models.api_connections import ChangeMetadata  # noqa: PLC0415

    only(request.query)
    body = parse_body(request, ChangeMetadata)
    environment_id = request.authorized.environment_id
    keys = [
        ConnectionKey(environment_id, body.provider_config_key, connection_id)
        for connection_id in body.connection_ids()
    ]
    try:
        connections.change_metadata(keys, body.metadata, deps.changes, merge=merge)
    except NotFoundError as error:
        raise NotFoundError(error.message, code="unknown_connection") from error
    return json_response(200 if merge else 201, body.model_dump())


def _number(query: Query, name: str, least: int, most: int, default: int) -> int:
    value = text(query, name)
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise _invalid(f"{name} is a number from {least} to {most}.")
    return int(value)


def _check(value: str, pattern: str, name: str) -> None:
    if not re.fullmatch(pattern, value):
        raise _invalid(f"{name} is not valid.")


def _invalid(message: str) -> InvalidRequestError:
    return InvalidRequestError(message, code="invalid_query_params")
