"""A connection that was being made while its integration was deleted, and the next of that key.

The key is given again, for another provider: neither gets what is the other's.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.authorization_server import write_provider
from tests.support.connections import Connections
from tests.support.scripted_api import ScriptedApi, running_scripted_api

NEXT_SECRET = "canary-secret-of-the-next"


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    with running_scripted_api() as running:
        yield running


@pytest.fixture
def left_over(connections: Connections, api: ScriptedApi, tmp_path: Path) -> Connections:
    """A connection of ``test-provider``, below an integration of ``next-provider`` by now."""
    tenant = connections.tenant
    assert tenant.call("DELETE", "/integrations/test").status == 200
    more = {"revocation_url": f'"{api.url}/revoke"', "api": f'{{ base_url = "{api.url}" }}'}
    write_provider(tmp_path, api.url, "next-provider", **more)
    credentials = {"type": "OAUTH2", "client_id": "next", "client_secret": NEXT_SECRET}
    tenant.integrate(provider="next-provider", credentials=credentials)
    connections.make(expires_in=-1)
    return connections


def test_the_next_secret_is_not_sent_to_the_old_provider(left_over: Connections) -> None:
    assert left_over.read().status != 200
    assert left_over.server.requests == []


def test_the_proxy_sends_the_old_token_nowhere(left_over: Connections, api: ScriptedApi) -> None:
    left_over.make("c-2")
    headers = {
        "authorization": f"Bearer {left_over.tenant.api_key}",
        "provider-config-key": "test",
        "connection-id": "c-2",
    }
    answer = left_over.tenant.stack.http("GET", "/proxy/things", headers=headers)

    assert (answer.status, json.loads(answer.body)["error"]["code"]) == (404, "unknown_connection")
    assert api.asked == []


def test_the_next_provider_is_not_told_of_the_old_token(
    left_over: Connections, api: ScriptedApi
) -> None:
    assert left_over.delete().status == 200

    left_over.tenant.stack.run_stream("OutboxTable")
    left_over.tenant.stack.run_queue("RevocationQueue")
    assert left_over.tenant.stack.items("RevocationsTable") == []
    assert api.asked == []
