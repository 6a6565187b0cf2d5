"""Answers about environments and keys, under their names on the wire."""

from dataclasses import asdict
from typing import Any

from carrick import clock
from carrick.models.environment import ApiKey, Environment


def environment_body(environment: Environment) -> dict[str, Any]:
    """An environment. Holds no key of any kind."""
    webhooks = environment.webhooks
    return {
        "id": environment.environment_id,
        "name": environment.name,
        "callback_url": environment.callback_url or None,
        "webhooks": {
            "primary_url": webhooks.primary_url,
            "secondary_url": webhooks.secondary_url,
            "on_auth_creation": webhooks.on_auth_creation,
            "on_auth_refresh_error": webhooks.on_auth_refresh_error,
            "on_connection_deletion": webhooks.on_connection_deletion,
            "disabled": list(webhooks.disabled),
        },
        "connect_ui": asdict(environment.connect_ui),
        "created_at": clock.iso_offset(environment.created_at),
    }


def api_key_body(key: ApiKey) -> dict[str, Any]:
    """An API key: neither its text nor its hash."""
    return {
        "id": key.key_id,
        "display_name": key.display_name,
        "scopes": list(key.scopes),
        "created_at": clock.iso_offset(key.created_at),
    }


def issued_key_body(key: ApiKey, token: str) -> dict[str, Any]:
    """A new API key, with the text that is shown this once."""
    return {**api_key_body(key), "token": token}


def created_environment_body(
    environment: Environment, key: ApiKey, token: str, signing_key: str
) -> dict[str, Any]:
    """A new environment with its first API key, shown this once, and its webhook signing key."""
    return {
        **environment_body(environment),
        "api_key": issued_key_body(key, token),
        "webhook_signing_key": signing_key,
    }


def signing_key_body(text: str, created_at: float, expires_at: float | None) -> dict[str, Any]:
    """A webhook signing key that is live. ``expires_at`` is null for the newest."""
    return {
        "webhook_signing_key": text,
        "created_at": clock.iso_offset(created_at),
        "expires_at": None if expires_at is None else clock.iso_offset(expires_at),
    }
