"""Requirements 18, 21 and 24, for every mode that goes through the browser.

Generated from the registry: a mode without a provider in ``tests/support/redirect_peers.py`` fails.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from carrick.domain.modes.redirects import REDIRECTS
from tests.support.browser import Browser
from tests.support.calls import call
from tests.support.redirect_peers import PEERS, Peer
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant


@pytest.fixture(params=sorted(REDIRECTS))
def peer(request: pytest.FixtureRequest, stack: RunningStack, tmp_path: Path) -> Iterator[Peer]:
    assert request.param in PEERS, "a mode that nobody plays the provider of"
    with PEERS[request.param]() as running:
        running.write_entry(tmp_path)
        stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
        yield running


@pytest.fixture
def tenant(stack: RunningStack, peer: Peer) -> Tenant:
    made = Tenant(stack)
    made.integrate(credentials=peer.credentials)
    return made


def connection_ids(tenant: Tenant) -> list[str]:
    rows = tenant.call("GET", "/connections").json()["connections"]
    return [row["connection_id"] for row in rows]


def delete_session(tenant: Tenant, peer: Peer, token: str) -> None:
    assert call(tenant.stack, token, "DELETE", "/connect/session").status == 204


def change_client(tenant: Tenant, peer: Peer, token: str) -> None:
    body = {"credentials": peer.other_client}
    assert tenant.call("PATCH", "/integrations/test", body).status == 200


def delete_integration(tenant: Tenant, peer: Peer, token: str) -> None:
    assert tenant.call("DELETE", "/integrations/test").status == 200


def expire(tenant: Tenant, peer: Peer, token: str) -> None:
    (flow,) = tenant.stack.items("FlowsTable")
    tenant.stack.update("FlowsTable", {"pk": flow["pk"]}, expires_at=time.time() - 1)


CHANGES = (delete_session, change_client, delete_integration, expire)


def at_another_path(browser: Browser, url: str) -> Response:
    return browser.back(f"/oauth/callback/other?{urlsplit(url).query}")


def in_another_browser(browser: Browser, url: str) -> Response:
    return Browser(browser.tenant).back(url)


def with_a_cookie_of_its_own(browser: Browser, url: str) -> Response:
    (name,) = browser.cookies
    return Browser(browser.tenant, {name: "x" * 43}).back(url)


RETURNS = (at_another_path, in_another_browser, with_a_cookie_of_its_own)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_in_between_ends_the_flow(
    tenant: Tenant, peer: Peer, change: Callable[[Tenant, Peer, str], None]
) -> None:
    token = tenant.session()
    browser = Browser(tenant).start(token)
    url = peer.authorize(browser.location)
    change(tenant, peer, token)
    asked = peer.asked()

    assert browser.back(url).status == 400
    assert peer.asked() == asked
    assert tenant.stack.items("ConnectionsTable") == []


@pytest.mark.parametrize("come_back", RETURNS)
def test_coming_back_otherwise_makes_nothing(
    tenant: Tenant, peer: Peer, come_back: Callable[[Browser, str], Response]
) -> None:
    browser = Browser(tenant).start()
    url = peer.authorize(browser.location)
    asked = peer.asked()

    assert come_back(browser, url).status == 400
    assert peer.asked() == asked
    assert tenant.stack.items("ConnectionsTable") == []


def test_a_state_makes_one_connection(tenant: Tenant, peer: Peer) -> None:
    browser = Browser(tenant).start()
    url, cookies = peer.authorize(browser.location), dict(browser.cookies)
    assert browser.back(url).status == 200
    asked = peer.asked()

    assert Browser(tenant, cookies).back(url).status == 400
    assert peer.asked() == asked
    assert len(connection_ids(tenant)) == 1


def test_a_reconnect_renews_its_connection(tenant: Tenant, peer: Peer) -> None:
    first = Browser(tenant).start()
    assert first.back(peer.authorize(first.location)).status == 200
    (connection_id,) = connection_ids(tenant)

    again = Browser(tenant).start(tenant.reconnect_session(connection_id))
    assert again.back(peer.authorize(again.location)).status == 200
    assert connection_ids(tenant) == [connection_id]


def test_a_reconnect_brings_back_nothing_that_was_deleted(tenant: Tenant, peer: Peer) -> None:
    first = Browser(tenant).start()
    assert first.back(peer.authorize(first.location)).status == 200
    (connection_id,) = connection_ids(tenant)
    again = Browser(tenant).start(tenant.reconnect_session(connection_id))
    url = peer.authorize(again.location)
    path = f"/connections/{connection_id}?provider_config_key=test"
    assert tenant.call("DELETE", path).status == 200
    asked = peer.asked()

    assert again.back(url).status == 400
    assert peer.asked() == asked
    assert connection_ids(tenant) == []
