from carrick.models.scopes import SCOPES
from local.template import Stack
from tests.integration.proxy.conftest import Proxied
from tests.support.calls import error_of
from tests.support.stack import TEMPLATE
from tests.support.tenant import Tenant


def test_the_scope_is_enough_and_needed(proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers["GET /v1/things"] = (200, {"ok": True})
    enough = proxied.tenant.key_with("environment:proxy")
    assert proxied.ask(key=enough).status == 200
    others = [scope for scope in SCOPES if scope != "environment:proxy"]
    assert proxied.refusal(key=proxied.tenant.key_with(*others)) == (403, "forbidden")


def test_without_a_key(proxied: Proxied) -> None:
    proxied.use()
    assert proxied.refusal(key="nonsense") == (401, "invalid_secret_key_format")
    assert proxied.refusal(key=proxied.tenant.session()) == (401, "invalid_secret_key_format")


def test_another_tenants_connection_is_not_there(proxied: Proxied) -> None:
    proxied.use()
    other = Tenant(proxied.tenant.stack, "other")
    assert proxied.refusal(key=other.api_key) == (404, "unknown_provider_config")
    body = {"provider": "private-api-basic", "unique_key": "test"}
    assert other.call("POST", "/integrations", body).status == 200
    assert proxied.refusal(key=other.api_key) == (404, "unknown_connection")
    assert proxied.api.asked == []


def test_what_is_not_there(proxied: Proxied) -> None:
    proxied.use()
    unknown = proxied.refusal(provider_config_key="nobody")
    assert unknown == (404, "unknown_provider_config")
    assert proxied.refusal(connection_id="c-2") == (404, "unknown_connection")


def test_credentials_that_no_longer_work(proxied: Proxied) -> None:
    proxied.use(values={}, refreshable=True, expires_in=-1.0, refresh={"exhausted": True})
    assert proxied.refusal() == (424, "connection_refresh_exhausted")
    message = proxied.ask().json()["error"]["message"]
    assert message.startswith("Failed to get connection credentials:")
    assert proxied.api.asked == []


def test_a_token_near_its_end_is_renewed_first(proxied: Proxied) -> None:
    proxied.use(values={"refresh_token": "canary-secret-refresh"}, refreshable=True, expires_in=5.0)
    proxied.api.answers |= {
        "POST /token": (200, {"access_token": "canary-secret-new", "expires_in": 3600}),
        "GET /v1/things": (200, {"ok": True}),
    }
    assert proxied.ask().status == 200
    assert proxied.api.of("/v1/things")[0].headers["authorization"] == "Bearer canary-secret-new"


def test_turned_off_there_is_nothing(proxied: Proxied) -> None:
    on, off = (Stack.load(TEMPLATE, {"ProxyEnabled": value}) for value in ("true", "false"))
    assert set(on.functions) - set(off.functions) == {"proxy"}
    assert {route.key for route in on.routes} - {route.key for route in off.routes} == {
        "ANY /proxy/{path+}"
    }
    # The path is then like any other that nobody has.
    answer = proxied.tenant.call("GET", "/nowhere/things")
    assert error_of(answer) == (404, "not_found")
