"""Requirements 10, 25, 27 and 49. The ``stack`` fixture asserts it of logs, tables and queues."""

import re

from tests.support.authorization_server import AuthorizationServer
from tests.support.browser import Browser
from tests.support.logs import Logs
from tests.support.tenant import Tenant


def test_no_page_header_cookie_or_log_holds_one(
    tenant: Tenant, server: AuthorizationServer, logs: Logs
) -> None:
    token = tenant.session(allowed_origins=["https://app.example"])
    browser = Browser(tenant).start(token)
    state, cookies = browser.state, dict(browser.cookies)
    url = browser.approve(server)
    page = browser.back(url)
    assert page.status == 200
    replay = Browser(tenant, cookies).back(url)
    denied = Browser(tenant).start(token).deny(error="x", error_description="y")

    for answer in (page, replay, denied):
        seen = f"{answer.text} {answer.headers} {answer.set_cookies}"
        for secret in ("canary-secret", state, token, *cookies.values()):
            assert secret not in seen
    for secret in ("canary-secret", state, token, tenant.api_key, *cookies.values()):
        assert secret not in logs.text
    for name in ("code=", "state=", "connect_session_token"):
        assert name not in logs.text


def test_the_provider_learns_nothing_of_the_session(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    token = tenant.session()
    browser = Browser(tenant).start(token)
    browser.back(browser.approve(server))

    (exchange,) = server.exchanges()
    seen = f"{browser.location} {exchange.headers} {exchange.params}"
    for secret in (token, token[-64:], tenant.api_key):
        assert secret not in seen
    assert "referer" not in exchange.headers
    assert "cookie" not in exchange.headers


def test_the_opener_is_told_that_it_worked_and_no_more(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start(tenant.session(allowed_origins=["https://app.example"]))
    page = browser.back(browser.approve(server)).text
    message = re.search(r'id="message">(.*?)</script>', page)
    assert message is not None
    assert message[1] == (
        '{"message": {"type": "nango_oauth_callback_success"}, '
        '"origins": ["https://carrick.example", "https://app.example"], "closes": true, '
        '"returnsTo": ""}'
    )
    assert "history.replaceState" in page
    # A browser takes one that has none of these origins for no receiver at all.
    assert "postMessage(message, origin)" in page
    assert '"*"' not in page
