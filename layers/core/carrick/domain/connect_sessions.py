"""Connect sessions: create, reconnect, end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from carrick import identifiers
from carrick.clock import Clock
from carrick.errors import InvalidRequestError, ValidationFailedError
from carrick.models.connection import ConnectionKey
from carrick.models.environment import hash_token
from carrick.models.session import ConnectSession, Reconnect, SessionRequest
from carrick.store.connections import ConnectionStore
from carrick.store.integrations import IntegrationStore
from carrick.store.sessions import SessionStore

LIFETIME_SECONDS = 1_800.0
MAX_TAGS = 10


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

    What the request does not name is inherited: tags, end user, connection config.
    Raises ``InvalidRequestError`` if there is no such connection.
    """
    connection = deps.connections.get(ConnectionKey(environment_id, integration_id, connection_id))
    if connection is None:
        raise InvalidRequestError("ConnectionID or IntegrationId does not exists")
    request = replace(request, allowed_integrations=(integration_id,))
    _check_integrations(environment_id, request, deps.integrations)
    config = {k: v for k, v in connection.connection_config.items() if isinstance(v, str)}
    target = Reconnect(integration_id, connection_id, config)
    return _store(environment_id, request, target, deps)


def derived_tags(
    end_user: Mapping[str, Any] | None, tags: Mapping[str, str] | None
) -> dict[str, str]:
    """The tags of a connection: from the end user, under the explicit ones (contract §2.1)."""
    derived: dict[str, str] = {}
    if end_user is not None:
        organization = end_user.get("organization") or {}
        candidates = {
            "end_user_id": end_user.get("id"),
            "end_user_email": end_user.get("email"),
            "end_user_display_name": end_user.get("display_name"),
            "organization_id": organization.get("id"),
            "organization_display_name": organization.get("display_name"),
        }
        derived = {name: str(value)[:255] for name, value in candidates.items() if value}
        merged = {**derived, **(end_user.get("tags") or {})}
        derived = merged if len(merged) <= MAX_TAGS else derived
    combined = {**derived, **(tags or {})}
    if len(combined) > MAX_TAGS:
        raise InvalidRequestError(f"A connection has at most {MAX_TAGS} tags.")
    return combined


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
    has_tags = request.tags is not None or end_user is not None
    session = ConnectSession(
        token_hash=hash_token(token),
        environment_id=environment_id,
        created_at=now,
        expires_at=now + LIFETIME_SECONDS,
        operation_id=identifiers.new_operation_id(),
        end_user=end_user,
        tags=derived_tags(end_user, request.tags) if has_tags else None,
        allowed_integrations=request.allowed_integrations,
        defaults=request.defaults,
        overrides=request.overrides,
        allowed_origins=request.allowed_origins,
        webhook_url_override=request.webhook_url_override,
        reconnect=reconnect,
        allow_account_change=request.allow_account_change,
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
