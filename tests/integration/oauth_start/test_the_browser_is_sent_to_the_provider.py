import re
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from carrick.models.environment import hash_token
from tests.support.authorization_server import CLIENT_ID, AuthorizationServer, write_provider
from tests.support.stack import Response
from tests.support.tenant import Tenant

FORGED = {
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-forwarded-uri": "/evil",
    "x-original-url": "https://evil.example/",
    "forwarded": "host=evil.example;proto=http",
    "origin": "https://evil.example",
    "referer": "https://evil.example/",
}


def sent(started: Response) -> dict[str, str]:
    """The parameters of the authorization request, each of which comes once."""
    assert started.status == 302, started.text
    pairs = parse_qsl(urlsplit(started.headers["location"]).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_with_state_challenge_and_scopes(tenant: Tenant, server: AuthorizationServer) -> None:
    started = tenant.start(tenant.session())
    params = sent(started)

    assert started.headers["location"].startswith(f"{server.url}/authorize?")
    assert re.fullmatch(r"[\w-]{43}", params.pop("state"))
    assert re.fullmatch(r"[\w-]{43}", params.pop("code_challenge"))
    assert params == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": "https://carrick.example/oauth/callback/test",
        "scope": "read write",
        "code_challenge_method": "S256",
    }


def test_with_a_cookie_that_no_script_and_no_other_host_can_use(tenant: Tenant) -> None:
    started = tenant.start(tenant.session())
    (cookie,) = started.set_cookies
    name, *attributes = cookie.split("; ")

    assert name.startswith(f"__Host-carrick-{hash_token(sent(started)['state'])[:16]}=")
    assert set(attributes) == {"Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=1200"}
    assert started.headers["referrer-policy"] == "no-referrer"
    assert started.headers["cache-control"] == "no-store"


def test_the_session_token_is_not_sent_along(tenant: Tenant) -> None:
    token = tenant.session()
    started = tenant.start(token)
    assert token not in started.headers["location"]
    assert not any(token in cookie for cookie in started.set_cookies)


def test_nothing_that_opens_the_flow_is_stored(tenant: Tenant) -> None:
    started = tenant.start(tenant.session(), query="&ws_client_id=ws-1")
    (flow,) = tenant.stack.items("FlowsTable")
    stored = tenant.stack.everything_stored()

    for secret in (sent(started)["state"], *started.cookies.values()):
        assert secret not in stored
    assert flow["pk"] == hash_token(sent(started)["state"])
    assert flow["ws_client_id"] == "ws-1"
    assert 0 < flow["expires_at"] - time.time() <= 1_200


def test_each_attempt_has_its_own_state_cookie_and_challenge(tenant: Tenant) -> None:
    token = tenant.session()
    attempts = [tenant.start(token) for _ in range(10)]

    assert len({sent(started)["state"] for started in attempts}) == 10
    assert len({sent(started)["code_challenge"] for started in attempts}) == 10
    names = {name for started in attempts for name in started.cookies}
    assert len(names) == 10
    assert len({value for started in attempts for value in started.cookies.values()}) == 10


def test_forged_headers_change_nothing(tenant: Tenant) -> None:
    path = f"/oauth/connect/test?connect_session_token={tenant.session()}"
    started = tenant.stack.http("GET", path, headers=FORGED)

    assert sent(started)["redirect_uri"] == "https://carrick.example/oauth/callback/test"
    assert "evil.example" not in f"{started.headers} {started.text}"
    assert "evil.example" not in tenant.stack.everything_stored()


def test_a_customers_own_callback_is_asked_for(tenant: Tenant) -> None:
    def asked_for() -> str:
        return sent(tenant.start(tenant.session()))["redirect_uri"]

    everywhere, here = "https://you.example/oauth-callback", "https://you.example/one"
    # The first start is after the change: a warm function knows the environment for half a minute.
    path = f"/environments/{tenant.environment_id}"
    assert tenant.root("PATCH", path, {"callback_url": everywhere}).status == 200
    assert asked_for() == everywhere
    assert tenant.call("PATCH", "/integrations/test", {"callback_url": here}).status == 200
    assert asked_for() == here


def test_an_entry_says_how_its_provider_is_asked(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        server.url,
        name="odd",
        pkce="false",
        scope_separator='","',
        response_mode='"form_post"',
        param_renames='{ client_id = "client_key" }',
        authorization_params='{ access_type = "offline" }',
    )
    tenant.integrate("odd", provider="odd")
    started = tenant.start(tenant.session(), "odd", "&authorization_params[client_key]=evil")
    params = sent(started)

    assert "SameSite=None" in started.set_cookies[0]
    assert params.pop("state")
    assert params == {
        "response_type": "code",
        "client_key": CLIENT_ID,
        "redirect_uri": "https://carrick.example/oauth/callback/odd",
        "scope": "read,write",
        "response_mode": "form_post",
        "access_type": "offline",
    }
    (flow,) = tenant.stack.items("FlowsTable")
    assert flow["sealed_secrets"] == b""


def test_an_integration_may_have_any_name_that_the_contract_knows(tenant: Tenant) -> None:
    name = "My app: eu~1.0@x"
    tenant.integrate(name)
    started = tenant.start(tenant.session(), "My%20app:%20eu~1.0@x")
    redirect_uri = "https://carrick.example/oauth/callback/My%20app%3A%20eu~1.0%40x"
    assert sent(started)["redirect_uri"] == redirect_uri
