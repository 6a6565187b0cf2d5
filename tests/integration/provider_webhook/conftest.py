"""A customer with Sentry's entry, whose installations come by webhook, and Sentry itself."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import carrick.catalog
from tests.support.authorization_server import AuthorizationServer
from tests.support.connections import Connections
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

PROVIDERS = Path(carrick.catalog.__file__).parent / "providers"
SECRET = "canary-secret-of-the-webhooks"
UUID = "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"


@dataclass
class Marketplace:
    """What the customer's application, the person's browser and the provider do."""

    tenant: Tenant
    api: ScriptedApi

    def integrate(self, name: str = "sentry", *, secret: str = SECRET, **more: Any) -> None:
        """``secret``: what the provider signs with; empty if the customer does not say."""
        client = {
            "type": "OAUTH2",
            "client_id": "client",
            "client_secret": "canary-secret-client",
            **({"webhook_secret": secret} if secret else {}),
        }
        body = {"provider": "sentry-oauth", "unique_key": name, "credentials": client, **more}
        answer = self.tenant.call("POST", "/integrations", body)
        assert answer.status == 200, answer.text

    def session(self, actor: str = "1", integration: str = "sentry", **more: Any) -> str:
        """A session of an application that knows who the person is at the provider."""
        config = {"connection_config": {"actor": actor}} if actor else {}
        defaults = {integration: config}
        return self.tenant.session(integrations_config_defaults=defaults, **more)

    def submit(self, token: str, *, integration: str = "sentry", query: str = "") -> Response:
        """The browser says that the person installs now."""
        path = f"/auth/oauth-outbound/{integration}?connect_session_token={token}{query}"
        return self.tenant.stack.http("POST", path)

    def begin(self, actor: str = "1", integration: str = "sentry", **more: Any) -> str:
        """The id of the connection that waits."""
        answer = self.submit(self.session(actor, integration, **more), integration=integration)
        assert answer.status == 200, answer.text
        assert answer.json()["providerConfigKey"] == integration
        return str(answer.json()["connectionId"])

    def deliver(
        self,
        body: bytes,
        *,
        secret: str = SECRET,
        signature: str | None = None,
        integration: str = "sentry",
    ) -> Response:
        """Send a webhook, signed unless ``signature`` says otherwise."""
        made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        given = made if signature is None else signature
        headers = {"content-type": "application/json", "sentry-hook-resource": "installation"}
        if given:
            headers["sentry-hook-signature"] = given
        path = f"/webhook/{self.tenant.environment_id}/{integration}"
        return self.tenant.stack.http("POST", path, headers=headers, body=body)

    def read(self, connection_id: str, query: str = "") -> Response:
        return self.tenant.read(connection_id, query, integration="sentry")


def installed(actor: object = 1, code: str = "canary-secret-code", uuid: str = UUID) -> bytes:
    """What the provider says of an installation."""
    members = {
        "action": "created",
        "actor": {"id": actor, "name": "Ada", "type": "user"},
        "data": {"installation": {"status": "pending", "code": code, "uuid": uuid}},
        "installation": {"uuid": uuid},
    }
    return json.dumps(members).encode()


def exchange_path(uuid: str = UUID) -> str:
    return f"/api/0/sentry-app-installations/{uuid}/authorizations/"


@pytest.fixture
def marketplace(stack: RunningStack, tmp_path: Path) -> Iterator[Marketplace]:
    with running_scripted_api() as api:
        text = (PROVIDERS / "sentry-oauth.toml").read_text("utf-8")
        text = re.sub(r'"https://[^/"]+', f'"{api.url}', text)
        (tmp_path / "sentry-oauth.toml").write_text(text, "utf-8")
        ends = datetime.fromtimestamp(time.time() + 28_800, UTC).isoformat()
        tokens = {
            "token": "canary-secret-access",
            "refreshToken": "canary-secret-refresh",
            "expiresAt": ends,
        }
        api.answers[f"POST {exchange_path()}"] = (201, tokens)
        stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
        yield Marketplace(Tenant(stack), api)


@pytest.fixture
def stored(marketplace: Marketplace) -> Connections:
    """Looks at what is stored of the customer's."""
    return Connections(marketplace.tenant, AuthorizationServer())
