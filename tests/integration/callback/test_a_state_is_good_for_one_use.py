"""Requirement 3."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.support.authorization_server import AuthorizationServer
from tests.support.browser import Browser
from tests.support.stack import Response
from tests.support.tenant import Tenant

THREADS, ROUNDS = 8, 100
USED = "This link has been used, has expired, or was opened in another browser."


def test_a_replay_is_refused_and_changes_nothing(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start()
    cookies = dict(browser.cookies)
    url = browser.approve(server)
    assert browser.back(url).status == 200
    before = tenant.stack.everything_stored()

    for path in (url, url.replace("/callback/test", "/callback")):
        replayed = Browser(tenant, cookies).back(path)
        assert replayed.status == 400
        assert USED in replayed.text
    assert len(server.exchanges()) == 1
    assert tenant.stack.everything_stored() == before


def test_the_cookie_goes_with_the_flow(tenant: Tenant, server: AuthorizationServer) -> None:
    browser = Browser(tenant).start()
    assert len(browser.cookies) == 1
    browser.back(browser.approve(server))
    assert browser.cookies == {}


def test_of_many_callbacks_at_once_one_asks_the_provider(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    # What becomes of the exchange does not matter here, and a refusal is quicker to record.
    server.switches.answer = (400, {"content-type": "application/json"}, b'{"error":"x"}')
    token = tenant.session()
    barrier = Barrier(THREADS)

    def come_back(browser: Browser, url: str) -> Response:
        barrier.wait()
        return Browser(tenant, dict(browser.cookies)).back(url)

    with ThreadPoolExecutor(THREADS) as threads:
        for number in range(ROUNDS):
            browser = Browser(tenant).start(token)
            url = browser.approve(server)
            answers = list(threads.map(come_back, [browser] * THREADS, [url] * THREADS))

            assert len(server.exchanges()) == number + 1
            assert sum(USED in answer.text for answer in answers) == THREADS - 1
    assert len(tenant.stack.items("OutboxTable")) == ROUNDS
    assert tenant.stack.items("FlowsTable") == []
