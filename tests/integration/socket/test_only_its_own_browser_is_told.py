"""A socket is found by its whole name only: who does not know it reaches nobody with it."""

from collections.abc import Callable

import pytest

from carrick import identifiers
from tests.support.authorization_server import AuthorizationServer
from tests.support.sockets import BrowserSocket
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

Browser = Callable[[], BrowserSocket]


def test_of_several_browsers_each_is_told_its_own(
    tenant: Tenant, server: AuthorizationServer, browser: Browser
) -> None:
    browsers = [browser() for _ in range(3)]
    starts = [
        tenant.start(tenant.session(), query=f"&ws_client_id={one.ws_client_id}")
        for one in browsers
    ]

    for started in reversed(starts):
        tenant.back(server.authorize(started.headers["location"]), started.cookies)

    told = [one.results for one in browsers]
    assert [len(results) for results in told] == [1, 1, 1]
    assert len({results[0]["connection_id"] for results in told}) == 3


def test_the_gateways_id_is_not_enough(
    tenant: Tenant, server: AuthorizationServer, browser: Browser
) -> None:
    victim = browser()
    guess = identifiers.new_ws_client_id(victim.gateway_id)

    started = tenant.start(tenant.session(), query=f"&ws_client_id={guess}")
    page = tenant.back(server.authorize(started.headers["location"]), started.cookies)
    refused = tenant.start("", query=f"&ws_client_id={guess}")

    assert (page.status, refused.status) == (200, 401)
    assert victim.results == []


def test_one_browsers_secret_does_not_open_anothers(
    tenant: Tenant, stack: RunningStack, browser: Browser
) -> None:
    victim, attacker = browser(), browser()
    secret = attacker.ws_client_id.partition(".")[0]

    tenant.start("", query=f"&ws_client_id={secret}.{victim.gateway_id}")

    assert (victim.results, attacker.results) == ([], [])


@pytest.mark.parametrize(
    "name",
    ["x", "ws_.", "ws_" + "A" * 43, "ws_" + "A" * 43 + ".%23", "ws_" + "A" * 43 + "." + "x" * 129],
)
def test_what_cannot_be_a_name_is_refused(tenant: Tenant, stack: RunningStack, name: str) -> None:
    answer = tenant.start(tenant.session(), query=f"&ws_client_id={name}")

    assert answer.status == 400
    assert stack.items("FlowsTable") == []


def test_two_names_tell_nobody(tenant: Tenant, browser: Browser) -> None:
    first, second = browser(), browser()
    query = "".join(f"&ws_client_id={one.ws_client_id}" for one in (first, second))

    assert tenant.start(tenant.session(), query=query).status == 400

    assert (first.results, second.results) == ([], [])


def test_a_name_ends_with_its_time_though_the_row_is_there(
    tenant: Tenant, stack: RunningStack, browser: Browser
) -> None:
    waiting = browser()
    stack.update("SocketsTable", {"pk": waiting.gateway_id}, expires_at=0)

    tenant.start("", query=f"&ws_client_id={waiting.ws_client_id}")

    assert waiting.results == []


def test_a_name_ends_with_its_connection_though_the_id_is_given_again(
    tenant: Tenant, stack: RunningStack, browser: Browser
) -> None:
    before = browser()
    before.leave()
    after = BrowserSocket(stack)
    after.gateway_id = before.gateway_id
    after.connect()

    tenant.start("", query=f"&ws_client_id={before.ws_client_id}")

    assert (before.results, after.results) == ([], [])
