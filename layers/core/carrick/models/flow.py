"""A flow: one authorization in progress, keyed by the hash of its ``state``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Flow:
    """What was asked when the browser was sent to the provider. Times in epoch seconds.

    ``callback_integration`` is the integration that the callback path must name; empty when the
    redirect URI is the customer's own, whose redirect may end at the shared path.
    ``binding_hash`` is the hash of the cookie that this browser, and no other, holds.
    ``sealed_secrets`` holds what the mode must keep to itself (``FlowSecrets``).
    """

    state_hash: str
    environment_id: str
    integration_id: str
    connection_id: str
    session_hash: str
    operation_id: str
    provider: str
    client_id: str
    redirect_uri: str
    callback_integration: str
    binding_hash: str = field(repr=False)
    expected_issuer: str
    issuer_required: bool
    created_at: float
    expires_at: float
    is_reconnect: bool = False
    connection_config: Mapping[str, str] = field(default_factory=dict)
    requested_scopes: tuple[str, ...] = ()
    ws_client_id: str = field(default="", repr=False)
    opener_origin: str = ""
    sealed_secrets: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class FlowSecrets:
    """The sealed part of a flow.

    ``code_verifier`` is empty where the provider takes no PKCE. ``dpop_key`` is the connection's
    private key as a JWK (RFC 9449). ``token`` and ``token_secret`` are the temporary credentials of
    OAuth 1.0a (RFC 5849 §2.1), ``mcp_server`` the members of a ``models.mcp.McpServer``.
    """

    code_verifier: str = field(default="", repr=False)
    dpop_key: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)
    token_secret: str = field(default="", repr=False)
    mcp_server: Mapping[str, Any] = field(default_factory=dict, repr=False)
