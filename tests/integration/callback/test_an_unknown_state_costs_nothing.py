"""Requirements 85 and 88."""

from tests.support.authorization_server import AuthorizationServer
from tests.support.aws_relay import DYNAMODB, KMS, aws_relay
from tests.support.browser import Browser
from tests.support.tenant import Tenant


def test_without_a_cookie_nothing_is_asked_of_anybody(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    with aws_relay(tenant.stack) as relay:
        for query in ("", "code=c&state=s", "state=", "code=c", "error=x&state=s", "a&b&c"):
            assert tenant.stack.http("GET", f"/oauth/callback?{query}").status == 400
        assert relay.calls == []
    assert server.requests == []


def test_with_a_made_up_cookie_one_write_fails(tenant: Tenant, server: AuthorizationServer) -> None:
    browser = Browser(tenant).start()
    (name, value), state = next(iter(browser.cookies.items())), browser.state
    before = tenant.stack.everything_stored()
    with aws_relay(tenant.stack) as relay:
        for cookies in ({name: "made-up"}, {name: value[:-1]}):
            answer = Browser(tenant, cookies).back(f"/oauth/callback/test?code=c&state={state}")
            assert answer.status == 400
        assert relay.calls == ["DeleteItem", "DeleteItem"]
        assert (relay.count(DYNAMODB), relay.count(KMS)) == (2, 0)
    assert server.requests == []
    assert tenant.stack.everything_stored() == before


def test_states_and_queries_over_their_limits_reach_no_table(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start()
    with aws_relay(tenant.stack) as relay:
        for query, status in (
            (f"code=c&state={'s' * 257}", 400),
            (f"code={'c' * 16_400}&state={browser.state}", 413),
            ("&".join(f"a{n}=" for n in range(201)), 400),
        ):
            assert browser.back(f"/oauth/callback/test?{query}").status == status
        form = f"state={browser.state}&code={'c' * 300_000}"
        assert browser.post_back(f"/oauth/callback/test?{form}").status == 413
        assert relay.calls == []
    assert server.requests == []

    too_long = browser.back(f"/oauth/callback/test?state={browser.state}&code={'c' * 8_193}")
    assert "code is too long" in too_long.text
    assert server.requests == []


def test_parameters_that_come_twice_are_refused_and_use_nothing_up(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    browser = Browser(tenant).start()
    url = browser.approve(server)
    for extra in (
        f"&state={browser.state}",
        "&state=other",
        "&code=other",
        "&c%6fde=other",
        "&iss=a&iss=b",
        "&state[a]=b",
    ):
        answer = browser.back(url + extra)
        assert answer.status == 400
        assert "twice" in answer.text
    assert server.requests == []
    assert browser.back(url).status == 200
