"""A customer whose connections call a scripted API through Carrick."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.authorization_server import AuthorizationServer
from tests.support.connections import Connections
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

CREDENTIALS: Mapping[str, dict[str, Any]] = {
    "OAUTH2": {"access_token": "canary-secret-access", "refresh_token": ""},
    "API_KEY": {"apiKey": "canary-secret-key"},
    "BASIC": {"username": "ada", "password": "canary-secret-password"},
    "NONE": {},
    "OAUTH2_CC": {"token": "canary-secret-token", "client_id": "ada"},
    "TWO_STEP": {"token": "canary-secret-token", "user": "ada"},
    "OAUTH1": {"oauth_token": "t-1", "oauth_token_secret": "canary-secret-oauth1"},
    "TBA": {"token_id": "t-1", "token_secret": "canary-secret-tba"},
    "JWT": {"token": "canary-secret-jwt"},
}
"""What a connection of each type holds."""


@dataclass
class Proxied:
    """A customer with an integration ``test`` and a connection ``c-1`` of one provider.

    ``elsewhere`` is another host, as far as names go.
    """

    tenant: Tenant
    api: ScriptedApi
    elsewhere: ScriptedApi
    folder: Path
    stored: Connections

    def use(
        self,
        mode: str = "OAUTH2",
        entry: str = "",
        *,
        values: Mapping[str, Any] | None = None,
        integration: Mapping[str, Any] | None = None,
        **connection: Any,
    ) -> None:
        """Make provider, integration and connection. ``entry`` is TOML behind the first lines.

        ``{url}`` and ``{elsewhere}`` in it are the APIs' addresses.
        """
        text = f'display_name = "Proxied"\nauth_mode = "{mode}"\n'
        if mode in {"OAUTH1", "OAUTH2", "OAUTH2_CC"}:
            text += 'authorization_url = "{url}/authorize"\ntoken_url = "{url}/token"\n'
        text += entry or '[api]\nbase_url = "{url}/v1"\n'
        text = text.replace("{url}", self.api.url).replace("{elsewhere}", self.elsewhere.url)
        (self.folder / "proxied.toml").write_text(text, "utf-8")
        body = {"provider": "proxied", "unique_key": "test", **(integration or {})}
        if mode in {"OAUTH1", "OAUTH2", "TBA"}:
            client = {"client_id": "consumer", "client_secret": "canary-secret-consumer"}
            body["credentials"] = {"type": mode, **client}
        answer = self.tenant.call("POST", "/integrations", body)
        assert answer.status == 200, answer.text
        held = dict(CREDENTIALS[mode] if values is None else values)
        connection = {"refreshable": False, **connection}
        self.stored.make(
            provider="proxied", credentials_type=mode, auth_mode=mode, values=held, **connection
        )

    def ask(
        self,
        path: str = "/things",
        method: str = "GET",
        *,
        body: Any = None,
        key: str | None = None,
        connection_id: str = "c-1",
        **headers: str,
    ) -> Response:
        """Send a request through the proxy. ``nango_proxy_accept="x"`` is a header of that name."""
        sent = {
            "authorization": f"Bearer {self.tenant.api_key if key is None else key}",
            "provider-config-key": "test",
            "connection-id": connection_id,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        sent = {name: value for name, value in sent.items() if value is not None}
        return self.tenant.stack.http(method, f"/proxy{path}", headers=sent, body=body)

    def refusal(self, path: str = "/things", method: str = "GET", **more: Any) -> tuple[int, str]:
        """Status and code of an answer that is Carrick's own."""
        answer = self.ask(path, method, **more)
        code = str(json.loads(answer.body)["error"]["code"])
        assert answer.headers["carrick-error"] == code
        return answer.status, code


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    with running_scripted_api() as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[ScriptedApi]:
    with running_scripted_api() as running:
        yield running


@pytest.fixture
def proxied(
    stack: RunningStack, api: ScriptedApi, elsewhere: ScriptedApi, tmp_path: Path
) -> Proxied:
    stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
    tenant = Tenant(stack)
    return Proxied(tenant, api, elsewhere, tmp_path, Connections(tenant, AuthorizationServer()))
