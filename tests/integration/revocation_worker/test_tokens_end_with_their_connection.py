"""Requirement 65: deleted first, then revoked; each token for itself; what fails comes back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from carrick.domain.revocation import ATTEMPTS, SCHEDULE_SECONDS
from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.connections import ACCESS_TOKEN, Connections
from tests.support.logs import Logs
from tests.support.scripted_api import Asked, ScriptedApi, running_scripted_api

TOKENS = ["canary-secret-refresh-of-c-1", "canary-secret-access-0"]
HINTS = ["refresh_token", "access_token"]
CLIENT_KEY = ECKey.generate_key("P-256")
CLIENT_PEM = CLIENT_KEY.as_pem(private=True).decode()


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    """The provider's revocation endpoint, which takes every token."""
    with running_scripted_api() as running:
        running.answers["POST /revoke"] = (200, {})
        yield running


@pytest.fixture
def revocable(
    connections: Connections, api: ScriptedApi, server: AuthorizationServer, tmp_path: Path
) -> Connections:
    """Connections of a provider that can revoke."""
    write_provider(tmp_path, server.url, revocation_url=f'"{api.url}/revoke"')
    return connections


def worked(connections: Connections) -> list[dict[str, Any]]:
    """What the worker left to be done after the relay and itself ran."""
    connections.tenant.stack.run_stream("OutboxTable")
    return connections.tenant.stack.run_queue("RevocationQueue")


def kept(connections: Connections) -> list[dict[str, Any]]:
    return connections.tenant.stack.items("RevocationsTable")


def params(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(asked.body).items()}


def test_both_are_revoked_the_refresh_token_first(
    revocable: Connections, api: ScriptedApi, logs: Logs
) -> None:
    revocable.make()
    assert revocable.delete().status == 200
    assert api.asked == []
    assert len(kept(revocable)) == 1

    worked(revocable)

    sent = [params(asked) for asked in api.of("/revoke")]
    assert [each["token"] for each in sent] == TOKENS
    assert [each["token_type_hint"] for each in sent] == HINTS
    for asked in api.of("/revoke"):
        assert "authorization" in asked.headers or "client_secret" in params(asked)
    assert kept(revocable) == []
    assert logs.text.count('"outcome":"revoked"') == 2
    assert "canary-secret" not in logs.text


def test_a_token_that_has_ended_is_left_alone(revocable: Connections, api: ScriptedApi) -> None:
    revocable.make(expires_in=-10)
    revocable.delete()
    worked(revocable)
    assert [params(asked)["token"] for asked in api.asked] == TOKENS[:1]


def test_an_integration_takes_its_tokens_along(revocable: Connections, api: ScriptedApi) -> None:
    revocable.make()
    assert revocable.tenant.call("DELETE", "/integrations/test").status == 200
    worked(revocable)
    assert [params(asked)["token"] for asked in api.asked] == TOKENS
    assert kept(revocable) == []


def test_the_client_that_the_tokens_belong_to_asks(
    revocable: Connections, api: ScriptedApi
) -> None:
    client = {"client_id": "theirs", "client_secret": "canary-secret-theirs"}
    revocable.make(values={"config_override": client})
    revocable.delete()
    worked(revocable)
    assert "theirs" in str([params(asked) for asked in api.asked]) or all(
        asked.headers["authorization"].startswith("Basic dGhlaXJz") for asked in api.asked
    )


@pytest.mark.parametrize(
    ("answer", "is_done"),
    [
        ((400, {"error": "unsupported_token_type"}), True),
        ((400, {"error": "invalid_token"}), True),
        ((503, {"error": "unsupported_token_type"}), False),
        ((401, {"error": "invalid_client"}), False),
        ((429, {}), False),
        ((404, {}), False),
    ],
    ids=["unsupported", "gone", "down", "wrong-client", "busy", "elsewhere"],
)
def test_what_fails_is_tried_again(
    answer: Any, is_done: bool, revocable: Connections, api: ScriptedApi
) -> None:
    revocable.make()
    api.answers["POST /revoke"] = answer
    assert revocable.delete().status == 200
    worked(revocable)

    assert len(api.asked) == 2
    assert (kept(revocable) == []) is is_done
    waiting = revocable.tenant.stack.queued("RevocationQueue")
    assert (waiting == []) is is_done
    assert revocable.read().status == 404

    api.answers["POST /revoke"] = (200, {})
    revocable.tenant.stack.show_messages("RevocationQueue")
    revocable.tenant.stack.run_queue("RevocationQueue")
    assert kept(revocable) == []
    assert revocable.tenant.stack.queued("RevocationQueue") == []


def test_after_the_last_attempt_nothing_is_kept(
    revocable: Connections, api: ScriptedApi, logs: Logs
) -> None:
    revocable.make()
    api.answers["POST /revoke"] = (503, {})
    revocable.delete()
    worked(revocable)
    for _ in SCHEDULE_SECONDS:
        assert kept(revocable) != []
        revocable.tenant.stack.show_messages("RevocationQueue")
        revocable.tenant.stack.run_queue("RevocationQueue")

    assert len(api.asked) == 2 * ATTEMPTS
    assert kept(revocable) == []
    assert "revocation_given_up" in logs.text


def test_a_provider_that_cannot_is_not_asked(connections: Connections) -> None:
    connections.make()
    connections.delete()
    worked(connections)
    assert kept(connections) == []
    assert connections.server.requests == []


def test_a_connection_of_the_same_name_stays(revocable: Connections, api: ScriptedApi) -> None:
    revocable.make()
    revocable.delete()
    again = revocable.make()
    worked(revocable)
    assert len(api.asked) == 2
    assert revocable.stored() == again


def test_the_newest_tokens_are_revoked(
    revocable: Connections, api: ScriptedApi, server: AuthorizationServer
) -> None:
    revocable.make()
    assert revocable.read("c-1", "&force_refresh=true").status == 200
    revocable.delete()
    worked(revocable)
    assert params(api.asked[0])["token"] == server.refresh_token


@pytest.mark.parametrize(
    ("status", "is_done"),
    [(200, True), (204, True), (404, True), (410, True), (401, False), (503, False)],
)
def test_a_providers_own_call_goes_as_its_entry_says(
    status: int,
    is_done: bool,
    connections: Connections,
    api: ScriptedApi,
    tmp_path: Path,
    logs: Logs,
) -> None:
    write_provider(
        tmp_path,
        connections.server.url,
        quirks='["credential_in_url"]',
        api=f'{{ base_url = "{api.url}/v1", headers = {{ x-api-version = "2" }} }}',
        deletion='{ method = "DELETE", url = "/tokens/${refresh_token}" }',
    )
    api.answers[f"DELETE /v1/tokens/{TOKENS[0]}"] = (status, {})
    connections.make()
    connections.delete()
    worked(connections)

    [asked] = api.asked
    assert asked.path == f"/v1/tokens/{TOKENS[0]}"
    assert asked.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert asked.headers["x-api-version"] == "2"
    assert (kept(connections) == []) is is_done
    assert "canary-secret" not in logs.text


def test_a_call_may_name_the_persons_own_client(
    connections: Connections, api: ScriptedApi, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        connections.server.url,
        auth_mode='"OAUTH2_CC"',
        authorization_url="",
        deletion=f'''{{
            method = "POST", url = "{api.url}/revoke",
            headers = {{ authorization = "id:${{clientId}}, secret:${{clientSecret}}" }},
            body = {{ access_token = "${{accessToken}}" }} }}'''.replace("\n", ""),
    )
    client = {"client_id": "theirs", "client_secret": "canary-secret-1"}
    held = {"access_token": "", "refresh_token": "", "token": "canary-secret-cc", **client}
    connections.make(values=held, auth_mode="OAUTH2_CC", credentials_type="OAUTH2_CC")
    connections.delete()
    worked(connections)

    [asked] = api.of("/revoke")
    assert asked.headers["authorization"] == "id:theirs, secret:canary-secret-1"
    assert json.loads(asked.body) == {"access_token": "canary-secret-cc"}
    assert kept(connections) == []


def test_a_signed_client_proves_itself_for_each_token(
    connections: Connections, api: ScriptedApi, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        connections.server.url,
        revocation_url=f'"{api.url}/revoke"',
        token_endpoint_auth_method='"private_key_jwt"',
    )
    client = {"type": "OAUTH2", "client_id": "signed", "client_secret": CLIENT_PEM}
    connections.tenant.integrate("signed", credentials=client)
    connections.make(integration="signed")
    connections.delete(integration="signed")
    worked(connections)

    sent = [params(asked) for asked in api.asked]
    assert [each["token"] for each in sent] == TOKENS
    claims = [jwt.decode(each["client_assertion"], CLIENT_KEY).claims for each in sent]
    assert {(each["sub"], each["aud"]) for each in claims} == {
        ("signed", f"{connections.server.url}/token")
    }
    assert len({each["jti"] for each in claims}) == 2
    assert "client_secret" not in sent[0]


def test_further_tokens_end_too(connections: Connections, api: ScriptedApi, tmp_path: Path) -> None:
    server = connections.server
    facts = {
        "revocation_url": f'"{api.url}/revoke"',
        "token_response": '{ further_tokens = { user = "person" } }',
    }
    write_provider(tmp_path, server.url, **facts)
    server.switches.further_token = "person"
    connections.delete(connections.tenant.connect(server))
    worked(connections)

    assert [params(asked)["token"] for asked in api.asked] == [
        "canary-secret-refresh-1",
        "canary-secret-access-1",
        "canary-secret-further-refresh-2",
        "canary-secret-further-access-2",
    ]
