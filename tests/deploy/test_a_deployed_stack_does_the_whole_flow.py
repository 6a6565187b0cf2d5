"""The stack as `sam build` and `sam deploy` make it, with IAM enforced: HTTP in, webhooks out."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError
from standardwebhooks import Webhook
from websockets.sync.client import connect as websocket

from tests.deploy.deployed_stack import CALLBACK_DOMAIN, DOMAIN, Browser, DeployedStack, deploy
from tests.deploy.running_emulator import Emulator, eventually
from tests.support.authorization_server import (
    AuthorizationServer,
    running_authorization_server,
    write_provider,
)
from tests.support.tenant import Tenant
from tests.support.webhook_endpoint import Delivery, WebhookEndpoint, webhook_endpoint

CALLBACK = f"https://{CALLBACK_DOMAIN}/oauth-callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[AuthorizationServer]:
    with running_authorization_server() as running:
        yield running


@pytest.fixture(scope="module")
def receiver() -> Iterator[WebhookEndpoint]:
    with webhook_endpoint() as running:
        yield running


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, provider: AuthorizationServer, tmp_path_factory: pytest.TempPathFactory
) -> DeployedStack:
    providers: Path = tmp_path_factory.mktemp("providers")
    write_provider(providers, provider.url)
    return deploy(emulator, providers)


@pytest.fixture(scope="module")
def tenant(stack: DeployedStack, receiver: WebhookEndpoint) -> Tenant:
    """A customer whose callback is on their own domain, and who wants webhooks."""
    made = Tenant(stack)
    made.integrate()
    settings = {"callback_url": CALLBACK, "webhooks": {"primary_url": receiver.url}}
    answer = made.root("PATCH", f"/environments/{made.environment_id}", settings)
    assert answer.status == 200, answer.text
    return made


@pytest.fixture
def browser(stack: DeployedStack) -> Browser:
    return Browser(stack)


def connect(tenant: Tenant, provider: AuthorizationServer, browser: Browser) -> str:
    """A whole flow in a browser; the id of the connection."""
    before = ids(tenant)
    token = tenant.session()
    start = f"https://{DOMAIN}/oauth/connect/test?connect_session_token={token}"
    started = browser.go(start)
    assert started.status == 302, started.text
    ended = browser.follow(provider.authorize(started.headers["location"]))
    assert ended.status == 200, ended.text
    (made,) = ids(tenant) - before
    return made


def ids(tenant: Tenant) -> set[str]:
    rows = tenant.call("GET", "/connections").json()["connections"]
    return {str(row["connection_id"]) for row in rows}


def change(stack: DeployedStack, connection_id: str, attribute: str, seconds: float) -> None:
    """Set a time of a connection."""
    (item,) = (
        item
        for item in stack.items("ConnectionsTable")
        if item["connection_id"]["S"] == connection_id
    )
    stack.emulator.client("dynamodb").update_item(
        TableName=stack.ids["ConnectionsTable"],
        Key={"pk": item["pk"]},
        AttributeUpdates={attribute: {"Action": "PUT", "Value": {"N": repr(seconds)}}},
    )


def access_token(tenant: Tenant, connection_id: str) -> str:
    answer = tenant.read(connection_id)
    assert answer.status == 200, answer.text
    return str(answer.json()["credentials"]["access_token"])


def received(
    tenant: Tenant, receiver: WebhookEndpoint, connection_id: str, operation: str
) -> dict[str, Any]:
    """The event of a connection, from a delivery whose signature is right."""

    def body(delivery: Delivery) -> dict[str, Any]:
        verified = Webhook(tenant.signing_key).verify(delivery.body, dict(delivery.headers))
        assert isinstance(verified, dict)
        return verified

    def find() -> list[dict[str, Any]]:
        bodies = [body(delivery) for delivery in list(receiver.deliveries)]
        return [
            one
            for one in bodies
            if one["connectionId"] == connection_id and one["operation"] == operation
        ]

    return dict(eventually(find, within_seconds=60, what=f"the {operation} webhook")[0])


def test_a_browser_connects_by_way_of_the_customers_domain(
    tenant: Tenant, provider: AuthorizationServer, browser: Browser
) -> None:
    connection_id = connect(tenant, provider, browser)

    returned, forwarded = browser.visited[-2:]
    query = returned.removeprefix(CALLBACK)
    assert query.startswith("?code=")
    assert forwarded == f"https://{DOMAIN}/oauth/callback{query}"
    assert access_token(tenant, connection_id).startswith("canary-secret-access")


def test_another_browser_cannot_end_the_flow(
    tenant: Tenant, provider: AuthorizationServer, browser: Browser, stack: DeployedStack
) -> None:
    start = f"https://{DOMAIN}/oauth/connect/test?connect_session_token={tenant.session()}"
    returned = provider.authorize(browser.go(start).headers["location"])
    before = ids(tenant)

    answer = Browser(stack).follow(returned)

    assert answer.status == 400
    assert ids(tenant) == before


def test_a_browser_that_only_listens_is_told_how_it_ended(
    tenant: Tenant, provider: AuthorizationServer, browser: Browser, stack: DeployedStack
) -> None:
    with websocket(stack.websocket_url, proxy=None) as socket:
        ack = json.loads(socket.recv(60))
        assert ack["message_type"] == "connection_ack"
        named = f"ws_client_id={quote(ack['ws_client_id'])}"

        refused = browser.go(f"https://{DOMAIN}/oauth/connect/test?{named}")
        assert refused.status == 401
        assert json.loads(socket.recv(60))["error_type"] == "missing_connect_session_token"

        token = tenant.session()
        start = f"https://{DOMAIN}/oauth/connect/test?connect_session_token={token}&{named}"
        ended = browser.follow(provider.authorize(browser.go(start).headers["location"]))
        told = json.loads(socket.recv(60))

    assert ended.status == 200
    assert told["message_type"] == "success"
    assert told["connection_id"] in ids(tenant)
    eventually(
        lambda: stack.items("SocketsTable") == [],
        within_seconds=30,
        what="the socket's row to go with the socket",
    )


def test_a_signed_webhook_tells_of_the_connection(
    tenant: Tenant,
    provider: AuthorizationServer,
    browser: Browser,
    receiver: WebhookEndpoint,
) -> None:
    connection_id = connect(tenant, provider, browser)

    event = received(tenant, receiver, connection_id, "creation")

    assert event["success"] is True
    assert event["providerConfigKey"] == "test"


def test_reading_an_expired_token_renews_it(
    tenant: Tenant, provider: AuthorizationServer, browser: Browser, stack: DeployedStack
) -> None:
    connection_id = connect(tenant, provider, browser)
    first = access_token(tenant, connection_id)
    change(stack, connection_id, "expires_at", time.time() - 1)

    second = access_token(tenant, connection_id)

    assert second != first
    assert access_token(tenant, connection_id) == second


def test_the_schedule_renews_what_is_due(
    tenant: Tenant, provider: AuthorizationServer, browser: Browser, stack: DeployedStack
) -> None:
    connection_id = connect(tenant, provider, browser)
    first = access_token(tenant, connection_id)
    refreshes = len(provider.refreshes())
    change(stack, connection_id, "refresh_at", time.time() - 1)

    eventually(
        lambda: len(provider.refreshes()) > refreshes,
        within_seconds=90,
        what="the schedule, the queue and the worker",
    )

    eventually(
        lambda: access_token(tenant, connection_id) != first,
        within_seconds=10,
        what="the renewed token",
    )
    assert len(provider.refreshes()) == refreshes + 1


def test_a_deleted_connection_is_gone_and_a_webhook_says_so(
    tenant: Tenant,
    provider: AuthorizationServer,
    browser: Browser,
    receiver: WebhookEndpoint,
) -> None:
    connection_id = connect(tenant, provider, browser)

    path = f"/connections/{connection_id}?provider_config_key=test"
    assert tenant.call("DELETE", path).status == 200

    assert tenant.read(connection_id).status == 404
    assert received(tenant, receiver, connection_id, "deletion")["success"] is True


def test_a_path_that_no_route_has_is_not_found(stack: DeployedStack) -> None:
    answer = stack.http("GET", "/no/such/route")

    assert answer.status == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_who_has_no_permission_is_refused(emulator: Emulator, stack: DeployedStack) -> None:
    # That everything above worked says something of the template only because of this.
    iam = emulator.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    client = emulator.client("dynamodb", key["AccessKeyId"], key["SecretAccessKey"])

    with pytest.raises(ClientError, match="AccessDenied"):
        client.scan(TableName=stack.ids["ConnectionsTable"])


def test_no_secret_was_stored_or_logged(
    emulator: Emulator, tenant: Tenant, provider: AuthorizationServer, browser: Browser
) -> None:
    connect(tenant, provider, browser)

    stack = browser.stack
    tables = [logical_id for logical_id in stack.ids if logical_id.endswith("Table")]
    assert len(tables) > 5
    assert "canary-secret" not in repr([stack.items(table) for table in tables])
    logs = emulator.client("logs")
    groups = [name for logical_id, name in stack.ids.items() if logical_id.endswith("LogGroup")]
    messages = [
        event["message"]
        for group in groups
        for event in logs.filter_log_events(logGroupName=group)["events"]
    ]
    assert messages
    assert "canary-secret" not in "\n".join(messages)
