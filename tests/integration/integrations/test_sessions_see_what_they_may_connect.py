"""A browser with a connect session lists the integrations it may connect, and nothing of theirs."""

import time

from carrick import identifiers
from carrick.models.environment import hash_token
from carrick.models.session import ConnectSession
from carrick.store.sessions import SessionStore
from tests.support.calls import call, error_of
from tests.support.tenant import Tenant


def session(tenant: Tenant, *allowed: str, lives: float = 1800) -> str:
    token = identifiers.new_session_token()
    stored = ConnectSession(
        token_hash=hash_token(token),
        environment_id=tenant.environment_id,
        created_at=time.time(),
        expires_at=time.time() + lives,
        operation_id="op_1",
        allowed_integrations=allowed,
    )
    table = tenant.stack.aws.table_name("SessionsTable")
    SessionStore(tenant.stack.aws.client("dynamodb"), table, now=time.time).put(stored)
    return token


def keys(tenant: Tenant, token: str) -> list[str]:
    answer = call(tenant.stack, token, "GET", "/integrations")
    assert answer.status == 200, answer.text
    return [each["unique_key"] for each in answer.json()["data"]]


def test_the_list_is_narrowed_to_what_the_session_allows(tenant: Tenant) -> None:
    for name in ("a", "ab", "b"):
        tenant.integrate(name, provider="github")
    assert keys(tenant, session(tenant)) == ["a", "ab", "b"]
    assert keys(tenant, session(tenant, "a")) == ["a"]
    assert keys(tenant, session(tenant, "b", "ab", "gone")) == ["ab", "b"]
    assert keys(tenant, session(tenant, "gone")) == []


def test_a_browser_sees_facts_only(tenant: Tenant) -> None:
    tenant.integrate("a", provider="github", allowed_hosts=["git.example.com"])
    answer = call(tenant.stack, session(tenant), "GET", "/integrations")
    (shown,) = answer.json()["data"]
    assert shown.keys() == {
        "unique_key",
        "provider",
        "display_name",
        "logo",
        "forward_webhooks",
        "preconfigured_credentials",
        "created_at",
        "updated_at",
        "scopes",
    }
    assert "canary" not in answer.text


def test_a_browser_sees_what_will_be_asked_for(tenant: Tenant) -> None:
    credentials = {"type": "OAUTH2", "client_id": "c", "client_secret": "s", "scopes": "repo,user"}
    tenant.integrate("a", provider="github", credentials=credentials)
    override = {"a": {"connection_config": {"oauth_scopes_override": "gist"}}}
    plain, narrowed = tenant.session(), tenant.session(integrations_config_defaults=override)
    for token, scopes in ((plain, ["repo", "user"]), (narrowed, ["gist"])):
        answer = call(tenant.stack, token, "GET", "/integrations")
        assert answer.json()["data"][0]["scopes"] == scopes


def test_a_session_of_another_environment_sees_that_one(tenant: Tenant) -> None:
    tenant.integrate("a", provider="github")
    other = Tenant(tenant.stack, "other")
    assert keys(tenant, session(other)) == []


def test_a_session_opens_nothing_else(tenant: Tenant) -> None:
    tenant.integrate("a", provider="github")
    token = session(tenant)
    for method, path in [
        ("POST", "/integrations"),
        ("GET", "/integrations/a"),
        ("GET", "/integrations/a?include=credentials"),
        ("PATCH", "/integrations/a"),
        ("DELETE", "/integrations/a"),
    ]:
        answer = call(tenant.stack, token, method, path)
        assert error_of(answer) == (401, "invalid_secret_key_format"), (method, path)


def test_a_session_that_ended_is_unknown(tenant: Tenant) -> None:
    for token in (session(tenant, lives=-1), identifiers.new_session_token()):
        answer = call(tenant.stack, token, "GET", "/integrations")
        assert error_of(answer) == (401, "unknown_connect_session_token")
    odd = call(tenant.stack, "nango_connect_session_" + "X" * 64, "GET", "/integrations")
    assert error_of(odd) == (401, "invalid_connect_session_token_format")
