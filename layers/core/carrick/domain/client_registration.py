"""How an integration, or a connection, comes to a client of its own (RFC 7591).

An integration of MCP_OAUTH2 without a client gets one when it is made, once, and another when its
redirect URI has changed: it is for that one only. ``Integration.custom`` tells that the client is
of Carrick's making (``registered_redirect_uri``), and how it authenticates.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from carrick.catalog.endpoints import endpoint
from carrick.catalog.hosts import is_hostname
from carrick.catalog.schema import Provider
from carrick.domain.invalid_fields import invalid_field
from carrick.domain.modes.contract import Tools
from carrick.domain.vault import Vault
from carrick.errors import ProviderError
from carrick.models.integration import (
    REGISTERED_AUTH_METHOD,
    REGISTERED_REDIRECT_URI,
    Integration,
)
from carrick.oauth.registration import (
    RegisteredClient,
    build_registration_request,
    client_metadata,
    process_registration_response,
)

REGISTRATION_SECONDS = 8.0
MAX_REGISTRATION_BYTES = 64 * 1024


def document_url(base_url: str, environment_id: str, integration_id: str) -> str:
    """The client id that is a URL of ours; empty if nobody else could read what stands there."""
    parts = urlsplit(base_url)
    if parts.scheme != "https" or parts.port or not is_hostname(parts.hostname or ""):
        return ""
    path = f"{quote(environment_id, safe='')}/{quote(integration_id, safe='')}"
    return f"{base_url}/oauth/client-metadata/{path}"


def register(
    url: str, redirect_uri: str, auth_method: str, extra: Mapping[str, Any], tools: Tools
) -> RegisteredClient:
    """A new client. Raises ``ProviderError`` (``client_registration_err``) or ``EgressError``."""
    metadata = {**client_metadata(redirect_uri, auth_method), **extra}
    asked_at = tools.now()
    answer = tools.transport.send(
        build_registration_request(url, metadata),
        deadline_seconds=REGISTRATION_SECONDS,
        max_body_bytes=MAX_REGISTRATION_BYTES,
    )
    try:
        return process_registration_response(answer, auth_method, asked_at)
    except ProviderError as error:
        error.code = "client_registration_err"
        raise


def with_client(
    integration: Integration,
    provider: Provider,
    redirect_uri: str,
    *,
    base_url: str,
    vault: Vault,
    tools: Tools,
) -> Integration:
    """The integration with a client that fits its redirect URI, made if need be.

    Raises ``ValidationFailedError`` where the customer must bring one, and as ``register`` does.
    """
    is_ours = integration.custom.get(REGISTERED_REDIRECT_URI)
    if (integration.client_id and not is_ours) or is_ours == redirect_uri:
        return integration
    client = _made(integration, provider, redirect_uri, base_url, tools)
    secret = client.client_secret
    place = integration.environment_id, integration.integration_id
    return replace(
        integration,
        client_id=client.client_id,
        sealed_client_secret=vault.seal_client_secret(*place, secret) if secret else b"",
        custom={
            **integration.custom,
            REGISTERED_REDIRECT_URI: redirect_uri,
            REGISTERED_AUTH_METHOD: client.token_endpoint_auth_method,
        },
    )


def _made(
    integration: Integration, provider: Provider, redirect_uri: str, base_url: str, tools: Tools
) -> RegisteredClient:
    registration = provider.registration
    method = registration.method if registration else "static"
    place = integration.environment_id, integration.integration_id
    if registration is not None and method == "dynamic":
        extra = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in registration.params.items()
        }
        url = endpoint(provider, "registration", {})
        return register(url, redirect_uri, provider.token_endpoint_auth_method, extra, tools)
    document = document_url(base_url, *place) if method == "metadata_document" else ""
    if document and redirect_uri.startswith(f"{base_url}/oauth/callback/"):
        return RegisteredClient(document, "", "none")
    if method == "metadata_document":
        raise invalid_field(
            ["callback_url"], "The client of this provider needs Carrick's own callback, in public"
        )
    raise invalid_field(["credentials"], "Missing credentials")
