"""Values of a flow for tests of pure code: a provider, its integration, a session, a flow."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from carrick.domain.authorized import Authorized
from carrick.models.connection import Connection, ConnectionKey
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession, Reconnect
from carrick.oauth.token import TokenSet
from tests.support.authorization_server import write_provider

NOW = 1_800_000_000.0
KEY = ConnectionKey("env", "github", "c-1")
INTEGRATION = Integration("env", "github", "test-provider", NOW, NOW, client_id="client")
SESSION = ConnectSession("session-hash", "env", NOW, NOW + 1_800, "op_1")
FLOW = Flow(
    state_hash="state-hash",
    environment_id="env",
    integration_id="github",
    connection_id="c-1",
    session_hash="session-hash",
    operation_id="op_1",
    provider="test-provider",
    client_id="client",
    redirect_uri="https://carrick.example/oauth/callback/github",
    callback_integration="github",
    binding_hash="binding-hash",
    expected_issuer="",
    issuer_required=False,
    created_at=NOW,
    expires_at=NOW + 1_200,
    requested_scopes=("read", "write"),
)
EXISTING = Connection(
    key=KEY,
    id=7,
    provider="test-provider",
    auth_mode="OAUTH2",
    created_at=NOW - 1_000,
    updated_at=NOW - 500,
    version=3,
    last_fetched_at=NOW - 100,
    tags={"plan": "pro"},
    end_user={"id": "u1"},
    metadata={"colour": "blue"},
    connection_config={"subdomain": "acme", "team": "t-1"},
    webhook_url_override="https://hooks.example/one",
    account_id="account-1",
)


def provider(folder: Path, **facts: str) -> Provider:
    """An entry as a file of the test holds it. ``facts`` are TOML values."""
    write_provider(folder, "https://provider.example", **facts)
    return Catalog(folder).get("test-provider")


def tokens(**raw: Any) -> TokenSet:
    """A good token answer with these members."""
    return TokenSet(
        access_token="canary-secret-access",
        token_type="Bearer",
        refresh_token="canary-secret-refresh",
        expires_at=NOW + 3_600,
        scope=raw.get("scope"),
        raw=raw,
    )


def authorized(
    entry: Provider,
    *,
    renews: Connection | None = None,
    session: ConnectSession = SESSION,
    flow: Flow = FLOW,
    callback: dict[str, str] | None = None,
) -> Authorized:
    """All that is known when the browser is back. ``renews`` makes it a reconnect."""
    if renews is not None:
        flow = replace(flow, is_reconnect=True)
        session = replace(session, reconnect=Reconnect("github", "c-1", renews.id))
    return Authorized(flow, session, INTEGRATION, entry, renews, callback or {})
