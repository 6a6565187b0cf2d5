"""The event that tells of each change of a connection (contract §10.2). No I/O, no secret."""

from dataclasses import replace

from carrick import identifiers
from carrick.errors import CarrickError
from carrick.models.connection import Connection
from carrick.models.events import AuthEvent, Operation
from carrick.models.flow import Flow

MAX_DESCRIPTION = 300
_INVALID = frozenset({"callback_err", "invalid_connection_config", "url_param_err"})


def connected(
    connection: Connection, *, replaced: bool, operation_id: str, now: float
) -> AuthEvent:
    """A connection was made, or renewed."""
    operation = Operation.OVERRIDE if replaced else Operation.CREATION
    return replace(_event(connection, operation, operation_id, now), end_user=connection.end_user)


def not_connected(
    flow: Flow, error: CarrickError, *, override: str | None, now: float
) -> AuthEvent:
    """An authorization failed after the browser came back."""
    return AuthEvent(
        event_id=identifiers.new_event_id(),
        environment_id=flow.environment_id,
        operation=Operation.OVERRIDE if flow.is_reconnect else Operation.CREATION,
        success=False,
        created_at=now,
        integration_id=flow.integration_id,
        connection_id=flow.connection_id,
        provider=flow.provider,
        auth_mode="OAUTH2",
        operation_id=flow.operation_id,
        webhook_url_override=override,
        error_type="invalid_callback" if error.code == "callback_err" else error.code,
        error_description=error.message[:MAX_DESCRIPTION],
    )


def not_installed(
    connection: Connection, error: CarrickError, *, operation_id: str, now: float
) -> AuthEvent:
    """The webhook of an installation came, and gave no credentials."""
    event = _event(connection, Operation.CREATION, operation_id, now, success=False)
    kind = "invalid_webhook" if error.code in _INVALID else error.code
    return replace(event, error_type=kind, error_description=error.message[:MAX_DESCRIPTION])


def refresh_failed(connection: Connection, error: CarrickError, *, now: float) -> AuthEvent:
    """A refresh failed for the first time of a run, or for good."""
    event = _event(
        connection, Operation.REFRESH, connection.refresh.error_operation_id, now, success=False
    )
    return replace(event, error_type=error.code, error_description=error.message[:MAX_DESCRIPTION])


def refresh_recovered(connection: Connection, *, operation_id: str, now: float) -> AuthEvent:
    """A refresh succeeded after a run of failures."""
    return _event(connection, Operation.REFRESH, operation_id, now)


def deleted(connection: Connection, *, operation_id: str, now: float) -> AuthEvent:
    """A connection was deleted, alone or with its integration."""
    return _event(connection, Operation.DELETION, operation_id, now)


def _event(
    connection: Connection,
    operation: Operation,
    operation_id: str,
    now: float,
    *,
    success: bool = True,
) -> AuthEvent:
    return AuthEvent(
        event_id=identifiers.new_event_id(),
        environment_id=connection.key.environment_id,
        operation=operation,
        success=success,
        created_at=now,
        integration_id=connection.key.integration_id,
        connection_id=connection.key.connection_id,
        provider=connection.provider,
        auth_mode=connection.auth_mode,
        operation_id=operation_id,
        tags=connection.tags,
        webhook_url_override=connection.webhook_url_override,
        version=connection.version,
    )
