"""Requirements 5, 6, 7 and 13."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.browser import Browser
from tests.support.tenant import Tenant

ISSUER = "https://as.example/tenant"
WRONG = (
    "",
    f"{ISSUER}/",
    f"{ISSUER} ",
    ISSUER.upper(),
    "https://as.example",
    "https://evil.example",
)
FORGED = {
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-uri": "https://evil.example/",
    "forwarded": "host=evil.example",
}


def failures(tenant: Tenant, server: AuthorizationServer) -> list[str]:
    """What the failures are called; the provider was not asked, and nothing was made."""
    assert server.requests == []
    assert tenant.stack.items("ConnectionsTable") == []
    return [
        event["error_type"]
        for event in tenant.stack.items("OutboxTable")
        if event["success"] is False
    ]


def test_a_code_at_another_integrations_path(tenant: Tenant, server: AuthorizationServer) -> None:
    tenant.integrate("other")
    paths = ("/oauth/callback/other", "/oauth/callback", "/oauth/callback/Test")
    for path in paths:
        browser = Browser(tenant).start()
        url = browser.approve(server)
        answer = browser.back(f"{path}?{urlsplit(url).query}")
        assert (answer.status, "another integration" in answer.text) == (400, True)
        assert browser.back(url).status == 400
    assert failures(tenant, server) == ["invalid_callback"] * len(paths)


def test_a_customers_own_callback_may_lead_to_the_shared_path(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    own = "https://you.example/oauth-callback"
    tenant.integrate("other")
    tenant.call("PATCH", "/integrations/test", {"callback_url": own})
    for path, status in (
        ("/oauth/callback/other", 400),
        ("/oauth/callback", 200),
        ("/oauth/callback/test", 200),
    ):
        browser = Browser(tenant).start()
        url = browser.approve(server)
        assert url.startswith(f"{own}?")
        assert browser.back(f"{path}?{urlsplit(url).query}").status == status
    assert [asked.params["redirect_uri"] for asked in server.exchanges()] == [own, own]


@pytest.mark.parametrize(
    ("required", "good", "bad"),
    [
        (False, [ISSUER, None], [*WRONG]),
        (True, [ISSUER], [*WRONG, None]),
    ],
)
def test_an_issuer_is_compared_character_by_character(
    tenant: Tenant,
    server: AuthorizationServer,
    tmp_path: Path,
    required: bool,
    good: list[str | None],
    bad: list[str | None],
) -> None:
    write_provider(
        tmp_path, server.url, issuer=f'"{ISSUER}"', iss_parameter="true" if required else ""
    )

    def come_back(iss: str | None) -> int:
        browser = Browser(tenant).start()
        extra = {} if iss is None else {"iss": iss}
        return browser.back(browser.approve(server, **extra)).status

    assert {iss: come_back(iss) for iss in bad} == dict.fromkeys(bad, 400)
    assert failures(tenant, server) == ["iss_mismatch"] * len(bad)
    assert {iss: come_back(iss) for iss in good} == dict.fromkeys(good, 200)


def test_a_posted_answer_where_a_redirect_was_asked_for(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start()
    answer = browser.post_back(browser.approve(server))
    assert answer.status == 400
    assert "not asked for" in answer.text
    assert failures(tenant, server) == ["invalid_callback"]


def test_forged_headers_change_nothing(tenant: Tenant, server: AuthorizationServer) -> None:
    browser = Browser(tenant).start()
    answer = browser.back(browser.approve(server), **FORGED)

    assert answer.status == 200
    assert "evil.example" not in f"{answer.headers} {answer.text}"
    (exchange,) = server.exchanges()
    assert exchange.params["redirect_uri"] == "https://carrick.example/oauth/callback/test"
    assert "evil.example" not in tenant.stack.everything_stored()
