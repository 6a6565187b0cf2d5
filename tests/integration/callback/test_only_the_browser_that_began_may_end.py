"""Requirements 18 and 21."""

import time

from tests.support.authorization_server import AuthorizationServer
from tests.support.browser import Browser
from tests.support.stack import Response
from tests.support.tenant import Tenant


def refused(tenant: Tenant, server: AuthorizationServer, response: Response) -> None:
    """No exchange, no event, no word about why."""
    assert response.status == 400
    assert "was opened in another browser" in response.text
    assert server.requests == []
    assert tenant.stack.items("OutboxTable") == []
    assert tenant.stack.items("ConnectionsTable") == []


def test_another_browser_is_refused_and_does_not_use_up_the_flow(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    attacker = Browser(tenant).start()
    url = attacker.approve(server)
    victim = Browser(tenant).start()
    stranger = Browser(tenant)

    (name,) = attacker.cookies
    (value,) = victim.cookies.values()
    for browser in (
        stranger,
        victim,
        Browser(tenant, {name: value}),
        Browser(tenant, {name: ""}),
        Browser(tenant, {name: "x" * 4_000}),
        Browser(tenant, {name.removeprefix("__Host-"): attacker.cookies[name]}),
        Browser(tenant, {name.lower(): attacker.cookies[name]}),
    ):
        refused(tenant, server, browser.back(url))

    assert attacker.back(url).status == 200
    assert victim.back(victim.approve(server)).status == 200


def test_two_browsers_with_one_link_have_an_attempt_each(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    token = tenant.session()
    one, other = Browser(tenant).start(token), Browser(tenant).start(token)
    one_url, other_url = one.approve(server), other.approve(server)

    refused(tenant, server, one.back(other_url))
    refused(tenant, server, other.back(one_url))
    assert one.back(one_url).status == 200


def test_two_tabs_of_one_browser_do_not_take_each_others_cookie(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant)
    urls = [browser.start().approve(server) for _ in range(2)]
    assert len(browser.cookies) == 2
    assert [browser.back(url).status for url in urls] == [200, 200]


def test_a_flow_that_expired_is_refused_before_its_item_is_purged(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start()
    (flow,) = tenant.stack.items("FlowsTable")
    tenant.stack.update("FlowsTable", {"pk": flow["pk"]}, expires_at=time.time() - 0.001)

    refused(tenant, server, browser.back(browser.approve(server)))
    assert len(tenant.stack.items("FlowsTable")) == 1


def test_another_tenants_browser_has_no_way_in(tenant: Tenant, server: AuthorizationServer) -> None:
    other = Tenant(tenant.stack, name="other")
    other.integrate()
    url = Browser(tenant).start().approve(server)
    refused(tenant, server, Browser(other).start().back(url))
