"""All that the tests need to run: Carrick, an authorization server, a receiver of webhooks."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from tests.e2e.authorization_server import (
    AuthorizationServer,
    Client,
    running_authorization_server,
)
from tests.e2e.carrick_process import CarrickProcess, free_port
from tests.e2e.forms import FORMS, SCRIPTED
from tests.e2e.waiting import until
from tests.support.oauth1_server import OAuth1Server, running_oauth1_server
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.webhook_endpoint import Delivery, WebhookEndpoint, webhook_endpoint

SHORT_SECONDS = 10
LASTING_SECONDS = 3_600
WEBHOOK_SECONDS = 10.0

PROVIDER = """
display_name = "Example ID"
auth_mode = "OAUTH2"
authorization_url = "{issuer}/auth{query}"
issuer = "{issuer}"
iss_parameter = true
response_mode = "{response_mode}"
token_url = "{issuer}/token"
token_endpoint_auth_method = "client_secret_basic"
revocation_url = "{issuer}/token/revocation"
default_scopes = ["openid", "offline_access"]
rotates_refresh_tokens = true
reuse_revokes_family = true

[authorization_params]
prompt = "consent" # without it OpenID Connect gives no offline access (Core §11)

[api]
base_url = "{issuer}"

[api.verification]
paths = ["/me"]
"""
TENANT_FIELD = """
[connection_config.subdomain]
format = "subdomain"
title = "Workspace"
description = "The first part of your workspace's address."
example = "acme"
prefix = "https://"
suffix = ".example.com"
"""

# A provider whose connections need no redirect.
KEYED = """
display_name = "Example Keys"
auth_mode = "API_KEY"
"""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Integration:
    """An integration of the scene, by its id, and the name that people see."""

    key: str
    name: str
    provider: str
    client: int
    own_callback: bool = False


SHORT = Integration("example-short", "Example ID", "oidc", 0)
LASTING = Integration("example-id", "Example ID for teams", "oidc", 1)
POSTING = Integration("example-post", "Example by form", "oidc-form-post", 1, own_callback=True)
TENANT = Integration("example-tenant", "Example Workspaces", "oidc-tenant", 1)
INTEGRATIONS = (SHORT, LASTING, POSTING, TENANT)


@dataclass(frozen=True, slots=True)
class Scene:
    """The parts, running, and the customer's side of what is done with them."""

    carrick: CarrickProcess
    provider: AuthorizationServer
    receiver: WebhookEndpoint
    clients: tuple[Client, ...]
    api: ScriptedApi
    oauth1: OAuth1Server
    session_tokens: list[str] = field(default_factory=list)

    def session(self, end_user: str = "ada", **more: Any) -> Body:
        """A new connect session for all integrations: its ``token`` and ``connect_link``."""
        person = {"id": end_user, "email": f"{end_user}@example.com"}
        return self.new_session({"end_user": person, **more})

    def new_session(self, body: Body) -> Body:
        """A new connect session as the backend asks for it."""
        data: Body = self.carrick.must("POST", "/connect/sessions", body)["data"]
        self.session_tokens.append(data["token"])
        return data

    def reconnect_session(self, connected: Body) -> str:
        """The token of a session that renews a connection, as the browser client named it."""
        body = {
            "connection_id": connected["connectionId"],
            "integration_id": connected["providerConfigKey"],
        }
        token: str = self.carrick.must("POST", "/connect/sessions/reconnect", body)["data"]["token"]
        self.session_tokens.append(token)
        return token

    def connections_of(self, end_user: str) -> list[Body]:
        """What the backend finds for one of its users."""
        query = f"?endUserId={end_user}"
        found: list[Body] = self.carrick.must("GET", f"/connections{query}")["connections"]
        return found

    def session_result(self, session: Body) -> Body | None:
        """What the session's own browser is told by polling."""
        data = self.carrick.must("GET", "/connect/session", bearer=session["token"])["data"]
        result: Body | None = data.get("result")
        return result

    def connection(self, connection_id: str, integration: Integration, **query: str) -> Body:
        """The connection as the backend reads it."""
        path = f"/connections/{connection_id}?provider_config_key={integration.key}"
        path += "".join(f"&{name}={value}" for name, value in query.items())
        body: Body = self.carrick.must("GET", path)
        return body

    def access_token(self, connection_id: str, integration: Integration) -> str:
        """The access token as the backend reads it."""
        return str(self.connection(connection_id, integration)["credentials"]["access_token"])

    def webhook(self, wanted: Callable[[Body], bool], *, after: int = 0) -> tuple[Delivery, Body]:
        """The first event that is wanted, once it has arrived. ``after``: ignore that many."""

        def look() -> list[tuple[Delivery, Body]]:
            received = [(each, json.loads(each.body)) for each in self.receiver.deliveries[after:]]
            return [(delivery, body) for delivery, body in received if wanted(body)]

        return until(look, seconds=WEBHOOK_SECONDS, what="the webhook arrives")[0]

    def secrets_in_logs(self) -> list[str]:
        """Which secrets of this run stand in a log, or on the terminal."""
        logs, terminal = self.carrick.logs, self.carrick.output
        assert '"route"' in logs, "the log is not where it is looked for"
        known = self.carrick.description
        keys = {known[name] for name in ("api_key", "root_key", "webhook_signing_key")}
        secrets = self.provider.secrets() | set(self.session_tokens)
        # The terminal shows the API key: to be copied.
        found = {secret for secret in secrets | keys if secret in logs}
        return sorted(found | {secret for secret in secrets if secret in terminal})

    def verify(self, delivery: Delivery) -> None:
        """Check both signatures as a receiver does: raises or fails if one is wrong."""
        key = self.carrick.description["webhook_signing_key"]
        Webhook(key).verify(delivery.body, dict(delivery.headers))
        expected = hmac.new(key.encode(), delivery.body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(delivery.headers["x-nango-hmac-sha256"], expected)


@contextmanager
def running_scene(folder: Path) -> Iterator[Scene]:
    """Start everything and configure it as a customer would, over the API."""
    carrick = CarrickProcess(folder, free_port())
    clients = tuple(
        Client(
            client_id=f"client-{seconds}",
            client_secret=f"canary-secret-of-client-{seconds}",
            redirect_uris=(carrick.callback_url, f"{carrick.callback_url}/{POSTING.key}"),
            access_token_seconds=seconds,
        )
        for seconds in (SHORT_SECONDS, LASTING_SECONDS)
    )
    with (
        running_authorization_server(clients) as provider,
        webhook_endpoint() as receiver,
        running_scripted_api() as api,
        running_oauth1_server() as oauth1,
    ):
        oauth1.records.client_url = carrick.callback_url.removesuffix("/oauth-callback")
        oauth1.write_entry(carrick.providers, "oauth1")
        _write_providers(carrick.providers, provider.issuer, api.url, carrick.demo_url)
        try:
            carrick.start()
            scene = Scene(carrick, provider, receiver, clients, api, oauth1)
            _configure(scene)
            yield scene
        finally:
            carrick.stop()


def _write_providers(folder: Path, issuer: str, api: str, demo: str) -> None:
    def write(name: str, *, query: str = "", response_mode: str = "query", more: str = "") -> None:
        text = PROVIDER.format(issuer=issuer, query=query, response_mode=response_mode)
        (folder / f"{name}.toml").write_text(text + more, encoding="utf-8")

    write("oidc")
    write("oidc-form-post", response_mode="form_post")
    write("oidc-tenant", query="?tenant=${connectionConfig.subdomain}", more=TENANT_FIELD)
    (folder / "keyed.toml").write_text(KEYED, encoding="utf-8")
    for form in FORMS:
        (folder / f"{form.name}.toml").write_text(form.file(api), encoding="utf-8")
    scripted = SCRIPTED.replace("{url}", api).replace("{demo}", demo)
    (folder / "scripted.toml").write_text(scripted, encoding="utf-8")


def _configure(scene: Scene) -> None:
    carrick = scene.carrick
    environment = f"/environments/{carrick.description['environment_id']}"
    changes = {
        "callback_url": carrick.description["callback_url"],
        "webhooks": {"primary_url": scene.receiver.url},
    }
    carrick.must("PATCH", environment, changes, bearer=carrick.description["root_key"])
    for each in INTEGRATIONS:
        client = scene.clients[each.client]
        body: Body = {
            "provider": each.provider,
            "unique_key": each.key,
            "display_name": each.name,
            "credentials": {
                "type": "OAUTH2",
                "client_id": client.client_id,
                "client_secret": client.client_secret,
            },
        }
        if each.own_callback:
            body["callback_url"] = f"{carrick.callback_url}/{each.key}"
        carrick.must("POST", "/integrations", body)
