"""Requirements 5, 6, 7 and 13."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.browser import Browser
from tests.support.tenant import Tenant

ISSUER = "https://as.example/tenant"
FORGED = {
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-uri": "https://evil.example/",
    "forwarded": "host=evil.example",
}


def failed(tenant: Tenant, server: AuthorizationServer, error_type: str) -> None:
    """The failure is told, and the provider was not asked."""
    assert server.requests == []
    assert tenant.stack.items("ConnectionsTable") == []
    (event,) = tenant.stack.items("OutboxTable")
    assert (event["success"], event["error_type"]) == (False, error_type)


@pytest.mark.parametrize(
    "path", ["/oauth/callback/other", "/oauth/callback", "/oauth/callback/Test"]
)
def test_a_code_at_another_integrations_path(
    tenant: Tenant, server: AuthorizationServer, path: str
) -> None:
    tenant.integrate("other")
    browser = Browser(tenant).start()
    url = browser.approve(server)
    answer = browser.back(f"{path}?{urlsplit(url).query}")

    assert answer.status == 400
    assert "another integration" in answer.text
    failed(tenant, server, "invalid_callback")
    assert browser.back(url).status == 400


@pytest.mark.parametrize(
    ("path", "ok"),
    [("/oauth/callback", True), ("/oauth/callback/test", True), ("/oauth/callback/other", False)],
)
def test_a_customers_own_callback_may_lead_to_the_shared_path(
    tenant: Tenant, server: AuthorizationServer, path: str, ok: bool
) -> None:
    own = "https://you.example/oauth-callback"
    tenant.integrate("other")
    tenant.call("PATCH", "/integrations/test", {"callback_url": own})
    browser = Browser(tenant).start()
    url = browser.approve(server)
    assert url.startswith(f"{own}?")
    answer = browser.back(f"{path}?{urlsplit(url).query}")

    assert answer.status == (200 if ok else 400)
    if ok:
        assert server.exchanges()[0].params["redirect_uri"] == own


@pytest.mark.parametrize(
    ("iss", "required", "ok"),
    [
        (ISSUER, True, True),
        (ISSUER, False, True),
        (None, False, True),
        (None, True, False),
        ("", True, False),
        ("", False, False),
        (f"{ISSUER}/", False, False),
        (ISSUER.upper(), False, False),
        ("https://as.example", False, False),
        ("https://evil.example", False, False),
        (f"{ISSUER} ", False, False),
    ],
)
def test_an_issuer_is_compared_character_by_character(
    tenant: Tenant,
    server: AuthorizationServer,
    tmp_path: Path,
    iss: str | None,
    required: bool,
    ok: bool,
) -> None:
    write_provider(
        tmp_path, server.url, issuer=f'"{ISSUER}"', iss_parameter="true" if required else ""
    )
    browser = Browser(tenant).start()
    extra = {} if iss is None else {"iss": iss}
    answer = browser.back(browser.approve(server, **extra))

    if ok:
        assert answer.status == 200
        return
    assert answer.status == 400
    failed(tenant, server, "iss_mismatch")


def test_a_posted_answer_where_a_redirect_was_asked_for(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start()
    answer = browser.post_back(browser.approve(server))
    assert answer.status == 400
    assert "not asked for" in answer.text
    failed(tenant, server, "invalid_callback")


def test_forged_headers_change_nothing(tenant: Tenant, server: AuthorizationServer) -> None:
    browser = Browser(tenant).start()
    answer = browser.back(browser.approve(server), **FORGED)

    assert answer.status == 200
    assert "evil.example" not in f"{answer.headers} {answer.text}"
    (exchange,) = server.exchanges()
    assert exchange.params["redirect_uri"] == "https://carrick.example/oauth/callback/test"
    assert "evil.example" not in tenant.stack.everything_stored()
