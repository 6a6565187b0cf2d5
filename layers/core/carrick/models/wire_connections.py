"""Connections and sessions as the API shows them (contract §2.3, §7). Plain dictionaries."""

from collections.abc import Mapping
from typing import Any

from carrick import clock
from carrick.models.connection import Connection, ConnectionKey, ConnectionSummary
from carrick.models.credentials import Credentials, without_refresh_tokens
from carrick.models.session import ConnectSession

EndUser = Mapping[str, Any] | None


def connection(
    row: Connection, credentials: Credentials | None, *, with_refresh_token: bool
) -> dict[str, Any]:
    """``GET /connections/{id}``. Row dates end in ``+00:00``, dates of credentials in ``Z``."""
    return {
        "id": row.id,
        "connection_id": row.key.connection_id,
        "provider_config_key": row.key.integration_id,
        "provider": row.provider,
        "errors": _errors(row.refresh.error_code, row.refresh.error_operation_id),
        "end_user": end_user(row.end_user),
        "tags": row.tags,
        "metadata": row.metadata or None,
        "connection_config": without_refresh_tokens(row.connection_config),
        "webhook_url_override": row.webhook_url_override,
        "created_at": clock.iso_offset(row.created_at),
        "updated_at": clock.iso_offset(row.updated_at),
        "last_fetched_at": _date(row.last_fetched_at),
        "credentials": credentials.to_wire(with_refresh_token=with_refresh_token)
        if credentials is not None
        else {},
    }


def imported(row: Connection, credentials: Credentials | None) -> dict[str, Any]:
    """``POST /connections``: with the refresh token, and all dates in ``Z`` (contract §7.3)."""
    shown = connection(row, credentials, with_refresh_token=True)
    dates = {"created_at": row.created_at, "updated_at": row.updated_at}
    shown |= {name: clock.iso_z(moment) for name, moment in dates.items()}
    if row.last_fetched_at is not None:
        shown["last_fetched_at"] = clock.iso_z(row.last_fetched_at)
    return shown


def summary(row: ConnectionSummary) -> dict[str, Any]:
    """One item of ``GET /connections``."""
    return {
        "id": row.id,
        "connection_id": row.key.connection_id,
        "provider_config_key": row.key.integration_id,
        "provider": row.provider,
        "errors": _errors(row.error_code, row.error_operation_id),
        "end_user": end_user(row.end_user),
        "tags": row.tags,
        "metadata": row.metadata or None,
        "created": clock.iso_offset(row.created_at),
    }


def end_user(stored: EndUser) -> dict[str, Any] | None:
    """An end user with every member there, absent ones ``null``."""
    if not stored:
        return None
    organization = stored.get("organization")
    return {
        "id": stored.get("id"),
        "display_name": stored.get("display_name"),
        "email": stored.get("email"),
        "tags": stored.get("tags") or {},
        "organization": {
            "id": organization.get("id"),
            "display_name": organization.get("display_name"),
        }
        if organization
        else None,
    }


def session(row: ConnectSession, websockets_path: str) -> dict[str, Any]:
    """``GET /connect/session``. ``result`` is ours: how its last authorization ended. So are
    ``allowed_origins``, by which the Connect page knows who may embed it with this session.

    ``websockets_path`` is a path or a whole URL: the official client resolves it against its host.
    """
    data: dict[str, Any] = {
        "endUser": end_user(row.end_user),
        "connectUISettings": {
            "showWatermark": True,
            "defaultTheme": "system",
            "theme": {"light": {"primary": "#00B2E3"}, "dark": {"primary": "#00B2E3"}},
        },
        "websocketsPath": websockets_path,
    }
    if row.allowed_integrations:
        data["allowed_integrations"] = list(row.allowed_integrations)
    if row.allowed_origins:
        data["allowed_origins"] = list(row.allowed_origins)
    if row.defaults:
        data["integrations_config_defaults"] = {
            name: {
                "connection_config": dict(part.connection_config),
                "authorization_params": dict(part.authorization_params),
            }
            for name, part in row.defaults.items()
        }
    if row.reconnect is not None:
        data["isReconnecting"] = True
    if row.overrides:
        data["overrides"] = row.overrides
    if row.result is not None:
        data["result"] = row.result
    return data


def created_session(token: str, row: ConnectSession, base_url: str) -> dict[str, Any]:
    """``POST /connect/sessions``. The link's path ends in a slash, as the clients have it.

    ``session_id`` names the session where its token would say too much: in a confirmation.
    """
    data = {
        "token": token,
        "connect_link": f"{base_url}/connect/?session_token={token}",
        "expires_at": clock.iso_z(row.expires_at),
    }
    return {**data, "session_id": row.token_hash} if row.confirm_required else data


def confirmed(key: ConnectionKey) -> dict[str, str]:
    """``POST /connect/sessions/confirm``."""
    return {"provider_config_key": key.integration_id, "connection_id": key.connection_id}


def _errors(code: str, operation_id: str) -> list[dict[str, str]]:
    return [{"type": "auth", "log_id": operation_id}] if code else []


def _date(moment: float | None) -> str | None:
    return clock.iso_offset(moment) if moment is not None else None
