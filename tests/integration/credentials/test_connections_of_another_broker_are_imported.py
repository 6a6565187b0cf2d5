"""``POST /connections``: what a backend brings becomes a connection, at once and with its event."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.credentials.conftest import BODIES, Forms
from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.connections import Connections
from tests.support.stack import Response
from tests.support.tenant import Tenant

END = "2999-01-02T03:04:05.006Z"
OAUTH2 = {
    "type": "OAUTH2",
    "access_token": "canary-secret-access-of-old",
    "refresh_token": "canary-secret-refresh-of-old",
    "expires_at": END,
}
CLIENT_CREDENTIALS = {
    "type": "OAUTH2_CC",
    "token": "canary-secret-token-of-old",
    "client_id": "ada",
    "client_secret": "canary-secret-own-client",
    "expires_at": END,
}
# How often the provider is asked.
FORMS = {
    "API_KEY": 2,
    "BASIC": 2,
    "BILL": 1,
    "JWT": 2,
    "NONE": 0,
    "SIGNATURE": 2,
    "TBA": 2,
    "TWO_STEP": 2,
}


def sent(tenant: Tenant, credentials: Mapping[str, Any], **more: Any) -> Response:
    body = {"provider_config_key": "test", "credentials": credentials, **more}
    return tenant.call("POST", "/connections", body)


def imported(tenant: Tenant, credentials: Mapping[str, Any] = OAUTH2, **more: Any) -> Any:
    answer = sent(tenant, credentials, **more)
    assert answer.status == 201, answer.text
    return answer.json()


def test_the_answer_is_the_whole_connection(tenant: Tenant, connections: Connections) -> None:
    shown = imported(
        tenant,
        connection_id="of-old",
        connection_config={"team": "t-1", "is_admin": True, "webhook_url": "https://a.example.com"},
        metadata={"plan": "pro"},
        end_user={"id": "u1", "email": "ada@example.com"},
        tags={"Plan": "pro"},
        webhook_url_override="https://hooks.example.com/one",
    )

    assert shown["credentials"] == {
        **OAUTH2,
        "raw": {k: v for k, v in OAUTH2.items() if k[-2:] == "en"},
    }
    assert (shown["connection_id"], shown["provider"]) == ("of-old", "test-provider")
    assert shown["connection_config"] == {"team": "t-1", "is_admin": True}
    assert shown["metadata"] == {"plan": "pro"}
    assert shown["end_user"]["id"] == "u1"
    assert shown["tags"] == {
        "end_user_id": "u1",
        "end_user_email": "ada@example.com",
        "plan": "pro",
    }
    assert shown["webhook_url_override"] == "https://hooks.example.com/one"
    assert shown["errors"] == []
    assert shown["created_at"].endswith("Z")
    read = connections.read("of-old", "&refresh_token=true").json()
    assert read["credentials"] == shown["credentials"]
    assert connections.told() == [("creation", True)]
    assert connections.stored("of-old").binding == "import"


@pytest.mark.parametrize("mode", FORMS)
def test_what_a_form_could_fill_in_is_tried_first(
    mode: str, forms: Forms, stored: Connections
) -> None:
    forms.use(mode)
    shown = imported(forms.tenant, {"type": mode, **(BODIES[mode] or {})}, connection_id="c-1")

    assert len(forms.api.asked) == FORMS[mode]
    read = forms.tenant.read("c-1").json()
    assert read["credentials"] == shown["credentials"]
    assert read["credentials"]["type"] == mode
    assert stored.told() == [("creation", True)]


def test_a_client_of_the_persons_own_comes_with_its_token(
    forms: Forms, stored: Connections
) -> None:
    forms.use("OAUTH2_CC")
    shown = imported(forms.tenant, CLIENT_CREDENTIALS, connection_id="c-1")

    assert forms.api.asked == []
    assert {n: shown["credentials"][n] for n in CLIENT_CREDENTIALS} == CLIENT_CREDENTIALS
    renewed = forms.tenant.read("c-1", "&force_refresh=true").json()
    assert renewed["credentials"]["token"] == "canary-secret-token-1"


def test_tokens_are_refreshed_from_then_on(
    tenant: Tenant, server: AuthorizationServer, connections: Connections
) -> None:
    server.live_refresh_tokens.add("canary-secret-refresh-of-old")
    soon = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 60))
    imported(tenant, {**OAUTH2, "expires_at": soon}, connection_id="c-1")
    assert connections.due(60) == {"c-1"}

    read = connections.read().json()

    assert read["credentials"]["access_token"] == "canary-secret-access-1"
    (refresh,) = server.refreshes()
    assert refresh.params["refresh_token"] == "canary-secret-refresh-of-old"


def test_tokens_of_another_client_are_refreshed_by_that_client(
    tenant: Tenant, server: AuthorizationServer, connections: Connections
) -> None:
    client = {"client_id": "their-client", "client_secret": "canary-secret-theirs"}
    shown = imported(tenant, {**OAUTH2, "config_override": client}, connection_id="c-1")
    assert shown["credentials"]["config_override"] == client
    assert "canary-secret-theirs" not in json.dumps(shown["credentials"]["raw"])

    connections.read("c-1", "&force_refresh=true")

    (refresh,) = server.refreshes()
    assert "their-client" in json.dumps([refresh.headers, refresh.params]) or (
        "dGhlaXItY2xpZW50" in refresh.headers["authorization"]
    )


def test_without_an_end_a_token_is_kept_as_it_is(
    tenant: Tenant, server: AuthorizationServer, connections: Connections
) -> None:
    shown = imported(tenant, {"type": "OAUTH2", "access_token": "canary-secret-x"})
    assert "expires_at" not in shown["credentials"]
    assert connections.read(shown["connection_id"]).status == 200
    assert server.requests == []


def test_the_same_id_again_renews_what_it_names(tenant: Tenant, connections: Connections) -> None:
    first = imported(
        tenant,
        connection_id="c-1",
        metadata={"plan": "pro"},
        tags={"a": "b"},
        connection_config={"team": "t-1"},
    )
    newer = {**OAUTH2, "access_token": "canary-secret-access-newer"}
    second = imported(tenant, newer, connection_id="c-1", metadata={}, connection_config={"x": "y"})

    for name in ("id", "created_at", "tags"):
        assert second[name] == first[name]
    assert (second["metadata"], second["connection_config"]) == (None, {"x": "y"})
    assert connections.access_token() == "canary-secret-access-newer"
    assert connections.told() == [("creation", True), ("override", True)]


def test_a_dead_connection_lives_again(tenant: Tenant, connections: Connections) -> None:
    connections.make(refresh={"exhausted": True, "error_code": "x", "attempts": 10})
    assert imported(tenant, connection_id="c-1")["errors"] == []
    assert connections.read().status == 200


def test_many_imports_of_one_id_are_one_connection(
    tenant: Tenant, connections: Connections
) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: sent(tenant, OAUTH2, connection_id="c-1"), range(2)))

    assert [answer.status for answer in answers] == [201, 201]
    assert sorted(connections.told()) == [("creation", True), ("override", True)]


def test_what_the_provider_says_may_be_brought_along(
    tenant: Tenant, server: AuthorizationServer, connections: Connections, tmp_path: Path
) -> None:
    write_provider(tmp_path, server.url, account_id_paths='["team"]')
    imported(tenant, connection_id="c-1", connection_config={"team": "t-1"})
    assert connections.stored().account_id == "t-1"


def test_another_tenants_connection_of_that_id_stays(
    tenant: Tenant, server: AuthorizationServer, connections: Connections
) -> None:
    other = Tenant(tenant.stack, "other")
    other.integrate()
    connections.make()
    before = connections.stored()

    imported(other, connection_id="c-1")

    assert connections.stored() == before
    assert Connections(other, server).access_token() == "canary-secret-access-of-old"
