"""What an event says on the wire, and where it goes (contract §10.1 and §10.2).

The body must be, byte for byte, what JavaScript makes of it: one of Nango's two verifiers hashes
``JSON.stringify(JSON.parse(body))`` instead of the bytes that it received. So keys stand in the
order in which JavaScript lists them, and nothing is escaped that it does not escape.

Ours beside Nango's members: ``version``, the connection's, by which a receiver can drop an event
that a later one has overtaken. And ``refresh`` with ``success: true`` tells of a recovery.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from carrick.models.environment import WebhookSettings
from carrick.models.events import AuthEvent, Operation

OVERRIDE_ENDPOINT = "override"

_INTEGER_KEY = re.compile(r"0|[1-9][0-9]{0,9}")
_MAX_INTEGER_KEY = 2**32 - 2  # ECMA-262 §6.1.7, array index


def webhook_body(event: AuthEvent, environment_name: str) -> bytes:
    """The JSON text of an auth webhook, in UTF-8. Members without a value are left out."""
    members: dict[str, Any] = {
        "authMode": event.auth_mode,
        "connectionId": event.connection_id,
        "environment": environment_name,
        "from": "nango",
        "operation": event.operation.value,
        "provider": event.provider,
        "providerConfigKey": event.integration_id,
        "success": event.success,
        "tags": event.tags,
        "type": "auth",
        "version": event.version or None,
    }
    if event.success:
        members["endUser"] = _end_user(event.end_user) if event.end_user else None
    else:
        members["error"] = {"type": event.error_type, "description": event.error_description}
    text = json.dumps(_ordered(members), ensure_ascii=False, separators=(",", ":"))
    # Only a lone surrogate cannot be encoded. JavaScript escapes it just so (ECMA-262 §25.5.2.3).
    return text.encode("utf-8", "backslashreplace")


def is_wanted(event: AuthEvent, settings: WebhookSettings) -> bool:
    """Whether the environment's switches let this kind of event out. Overrides have no switch."""
    match event.operation:
        case Operation.CREATION:
            return settings.on_auth_creation
        case Operation.REFRESH:
            return settings.on_auth_refresh_error
        case Operation.DELETION:
            return settings.on_connection_deletion
        case Operation.OVERRIDE:
            return True


def endpoints(event: AuthEvent, settings: WebhookSettings) -> dict[str, str]:
    """The URLs that this event goes to by the settings as they are now, by endpoint name.

    The connection's own URL stands in for both of the environment's.
    """
    if not is_wanted(event, settings):
        return {}
    if event.webhook_url_override:
        return {OVERRIDE_ENDPOINT: event.webhook_url_override}
    urls = {"primary": settings.primary_url, "secondary": settings.secondary_url}
    return {name: url for name, url in urls.items() if url and name not in settings.disabled}


def _end_user(end_user: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "endUserId": end_user["id"],
        "endUserEmail": end_user.get("email"),
        "organizationId": (end_user.get("organization") or {}).get("id"),
        "tags": end_user.get("tags") or {},
    }


def _ordered(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that have a value, at all levels in JavaScript's order."""
    return {
        name: _ordered(members[name]) if isinstance(members[name], Mapping) else members[name]
        for name in sorted(members, key=_javascript_order)
        if members[name] is not None
    }


def _javascript_order(name: str) -> tuple[int, bytes]:
    """Keys that are integers come first, by value; then the rest by UTF-16 code units."""
    if _INTEGER_KEY.fullmatch(name) and int(name) <= _MAX_INTEGER_KEY:
        return int(name) - 2**32, b""
    return 0, name.encode("utf-16-be", "surrogatepass")
