"""Connect sessions: create, reconnect, end."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from carrick import identifiers
from carrick.clock import Clock
from carrick.errors import InvalidRequestError, ValidationFailedError
from carrick.models.connection import Connection, ConnectionKey
from carrick.models.environment import hash_token
from carrick.models.patterns import TAG_KEY
from carrick.models.session import ConnectSession, Reconnect, SessionRequest
from carrick.store.connections import ConnectionStore
from carrick.store.integrations import IntegrationStore
from carrick.store.sessions import SessionStore

LIFETIME_SECONDS = 1_800.0
MAX_TAGS = 10
DERIVED_TAGS = (
    "end_user_id",
    "end_user_email",
    "end_user_display_name",
    "organization_id",
    "organization_display_name",
)


@dataclass(frozen=True, slots=True)
class Dependencies:
    sessions: SessionStore
    integrations: IntegrationStore
    connections: ConnectionStore
    now: Clock


def create(
    environment_id: str, request: SessionRequest, deps: Dependencies
) -> tuple[str, ConnectSession]:
    """Make a session; returns its token, which is not stored, and the session.

    Raises ``ValidationFailedError`` for an integration that does not exist.
    """
    _check_integrations(environment_id, request, deps.integrations)
    return _store(environment_id, request, None, deps)


def create_reconnect(
    environment_id: str,
    integration_id: str,
    connection_id: str,
    request: SessionRequest,
    deps: Dependencies,
) -> tuple[str, ConnectSession]:
    """Make a session that may renew one existing connection, and nothing else.

    What the request does not name is inherited: tags, end user, connection config. Raises
    ``InvalidRequestError`` if there is no such connection.
    """
    connection = deps.connections.get(ConnectionKey(environment_id, integration_id, connection_id))
    if connection is None:
        raise InvalidRequestError("ConnectionID or IntegrationId does not exists")
    request = replace(_inheriting(request, connection), allowed_integrations=(integration_id,))
    _check_integrations(environment_id, request, deps.integrations)
    config = {k: v for k, v in connection.connection_config.items() if isinstance(v, str)}
    target = Reconnect(integration_id, connection_id, connection.id, config)
    return _store(environment_id, request, target, deps)


def derived_tags(
    end_user: Mapping[str, Any] | None,
    organization: Mapping[str, Any] | None,
    tags: Mapping[str, str] | None,
) -> dict[str, str]:
    """The tags of a connection: from who connects, under the explicit ones (contract §2.1).

    Tags of the end user's own that cannot be tags of a connection are left out, and all of them if
    there would be more than ten. Raises ``InvalidRequestError`` for too many explicit ones.
    """
    who, of = end_user or {}, organization or {}
    values = (
        who.get("id"),
        who.get("email"),
        who.get("display_name"),
        of.get("id"),
        of.get("display_name"),
    )
    found = zip(DERIVED_TAGS, values, strict=True)
    derived = {name: str(value)[:255] for name, value in found if value}
    merged = {
        **derived,
        **{
            name.lower(): value
            for name, value in (who.get("tags") or {}).items()
            if value and re.fullmatch(TAG_KEY, name)
        },
    }
    combined = {**merged, **(tags or {})}
    if len(combined) > MAX_TAGS:
        combined = {**derived, **(tags or {})}
    if len(combined) > MAX_TAGS:
        raise InvalidRequestError(f"A connection has at most {MAX_TAGS} tags.")
    return combined


def _inheriting(request: SessionRequest, connection: Connection) -> SessionRequest:
    """A reconnect's request with what it leaves out of who connects; tags follow from that.

    One that says nothing of it stays so: then the connection's own, as they are when it is renewed.
    """
    if request.end_user is None and request.organization is None:
        return request
    before = dict(connection.end_user or {})
    organization = before.pop("organization", None)
    return replace(
        request,
        end_user=request.end_user if request.end_user is not None else before or None,
        organization=request.organization if request.organization is not None else organization,
        tags=request.tags
        if request.tags is not None
        else {k: v for k, v in connection.tags.items() if k not in DERIVED_TAGS},
    )


def _store(
    environment_id: str,
    request: SessionRequest,
    reconnect: Reconnect | None,
    deps: Dependencies,
) -> tuple[str, ConnectSession]:
    token = identifiers.new_session_token()
    now = deps.now()
    end_user = dict(request.end_user) if request.end_user is not None else None
    if end_user is not None and request.organization is not None:
        end_user["organization"] = dict(request.organization)
    named = (request.tags, request.end_user, request.organization)
    session = ConnectSession(
        token_hash=hash_token(token),
        environment_id=environment_id,
        created_at=now,
        expires_at=now + LIFETIME_SECONDS,
        operation_id=identifiers.new_operation_id(),
        end_user=end_user,
        tags=derived_tags(request.end_user, request.organization, request.tags)
        if any(part is not None for part in named)
        else None,
        allowed_integrations=request.allowed_integrations,
        defaults=request.defaults,
        overrides=request.overrides,
        allowed_origins=request.allowed_origins,
        webhook_url_override=request.webhook_url_override,
        reconnect=reconnect,
        allow_account_change=request.allow_account_change,
        return_url=request.return_url,
        confirm_required=request.confirm_required,
        confirm_challenge=request.confirm_challenge,
    )
    deps.sessions.put(session)
    return token, session


def _check_integrations(
    environment_id: str, request: SessionRequest, integrations: IntegrationStore
) -> None:
    paths = [
        *(
            (["allowed_integrations", str(n)], name)
            for n, name in enumerate(request.allowed_integrations)
        ),
        *((["integrations_config_defaults", name], name) for name in request.defaults),
        *((["overrides", name], name) for name in request.overrides),
    ]
    if not paths:
        return
    existing = integrations.existing(environment_id, {name for _, name in paths})
    errors = [
        {"code": "custom", "message": "Integration does not exist", "path": path}
        for path, name in paths
        if name not in existing
    ]
    if errors:
        raise ValidationFailedError("invalid_body", errors)
