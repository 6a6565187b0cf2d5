"""Answers about integrations, under their names on the wire (contract §8.1)."""

from typing import Any

from carrick import clock
from carrick.models.integration import ClientCredentials, Integration

OAUTH_TYPES = ("OAUTH1", "OAUTH2", "TBA", "MCP_OAUTH2", "MCP_OAUTH2_GENERIC")


def integration_body(
    integration: Integration, *, display_name: str, logo_url: str
) -> dict[str, Any]:
    """What a browser with a session may see of an integration."""
    return {
        "unique_key": integration.integration_id,
        "provider": integration.provider,
        "display_name": display_name,
        "logo": logo_url,
        "forward_webhooks": integration.forward_webhooks,
        "preconfigured_credentials": integration.preset_inputs,
        "created_at": clock.iso_offset(integration.created_at),
        "updated_at": clock.iso_offset(integration.updated_at),
    }


def settings_body(integration: Integration, callback_url: str) -> dict[str, Any]:
    """What a backend sees beside that: the URL to register at the provider, and allowed hosts."""
    return {"callback_url": callback_url, "allowed_hosts": list(integration.allowed_hosts)}


def credentials_body(credentials: ClientCredentials | None) -> dict[str, Any] | None:
    """A client's credentials, for a caller who may read them."""
    if credentials is None:
        return None
    client = {
        "client_id": credentials.client_id or None,
        "client_secret": credentials.client_secret or None,
    }
    if credentials.type in OAUTH_TYPES:
        return {
            "type": credentials.type,
            **client,
            "scopes": credentials.scopes or None,
            "webhook_secret": credentials.webhook_secret or None,
        }
    if credentials.type == "INSTALL_PLUGIN":
        return {
            "type": credentials.type,
            "app_link": credentials.app_link or None,
            "username": credentials.client_id or None,
            "password": credentials.client_secret or None,
        }
    app = {
        "app_id": credentials.app_id or None,
        "app_link": credentials.app_link or None,
        "private_key": credentials.private_key or None,
    }
    if credentials.type == "APP":
        return {"type": "APP", **app}
    return {"type": "CUSTOM", **client, **app} if credentials.type == "CUSTOM" else None
