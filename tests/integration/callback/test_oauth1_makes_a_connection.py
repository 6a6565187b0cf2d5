"""RFC 5849 §2, against the server side of oauthlib: it checks signature, nonce and timestamp."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.authorization_server import CLIENT_SECRET
from tests.support.browser import Browser
from tests.support.oauth1_server import CLIENT_ID, OAuth1Server, running_oauth1_server
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

CREDENTIALS = {
    "type": "OAUTH1",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "scopes": "read,write",
}


@pytest.fixture
def server(stack: RunningStack, tmp_path: Path) -> Iterator[OAuth1Server]:
    with running_oauth1_server() as running:
        running.write_entry(tmp_path)
        stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
        yield running


@pytest.fixture
def tenant(stack: RunningStack, server: OAuth1Server) -> Tenant:
    made = Tenant(stack)
    made.integrate(credentials=CREDENTIALS)
    return made


def sent_for(browser: Browser) -> dict[str, list[str]]:
    return parse_qs(urlsplit(browser.location).query)


def connected(tenant: Tenant) -> list[str]:
    rows = tenant.call("GET", "/connections").json()["connections"]
    return [row["connection_id"] for row in rows]


def test_the_token_is_read_as_the_official_clients_expect_it(
    tenant: Tenant, server: OAuth1Server
) -> None:
    browser = Browser(tenant).start()
    assert sent_for(browser)["scope"] == ["read write"]
    assert browser.back(server.authorize(browser.location)).status == 200
    (connection_id,) = connected(tenant)
    connection = tenant.read(connection_id).json()

    ((token, secret),) = server.records.access.items()
    assert connection["credentials"] == {
        "type": "OAUTH1",
        "oauth_token": token,
        "oauth_token_secret": secret,
        "raw": {
            "oauth_token": token,
            "oauth_token_secret": secret,
            "oauth_authorized_realms": "",
            "user_id": "account-1",
            "screen_name": "somebody",
        },
    }
    assert connection["connection_config"] == {"screen_name": "somebody"}
    # Nothing of it ends, so nothing is asked again.
    asked = len(server.requests)
    assert tenant.read(connection_id, "&force_refresh=true").json()["credentials"]["raw"]
    assert len(server.requests) == asked


@pytest.mark.parametrize(
    ("method", "signature"), [("GET", "HMAC-SHA1"), ("POST", "HMAC-SHA256"), ("POST", "PLAINTEXT")]
)
def test_requests_are_made_and_signed_as_the_entry_says(
    tenant: Tenant, server: OAuth1Server, tmp_path: Path, method: str, signature: str
) -> None:
    server.records.methods = (signature,)
    params = '{ x_auth_access_type = "write & more" }'
    facts = f'{{ signature_method = "{signature}", request_method = "{method}", '
    facts += f'token_method = "{method}", request_params = {params} }}'
    server.write_entry(tmp_path, oauth1=facts)
    tenant.stack.set()
    browser = Browser(tenant).start()

    assert browser.back(server.authorize(browser.location)).status == 200
    assert [request[0] for request in server.requests] == [method, method]
    _, path, body = server.requests[0]
    encoded = "x_auth_access_type=write%20%26%20more"
    assert (body, urlsplit(path).query) == ((encoded, "") if method == "POST" else ("", encoded))


def test_an_answer_for_another_token_is_refused(tenant: Tenant, server: OAuth1Server) -> None:
    mine, other = Browser(tenant).start(), Browser(tenant).start()
    theirs = parse_qs(urlsplit(server.authorize(other.location)).query)
    asked = len(server.requests)
    back = urlsplit(server.authorize(mine.location))
    state = parse_qs(back.query)["state"][0]
    token, verifier = theirs["oauth_token"][0], theirs["oauth_verifier"][0]
    answer = mine.back(f"{back.path}?state={state}&oauth_token={token}&oauth_verifier={verifier}")

    assert answer.status == 400
    assert "another token" in answer.text
    assert len(server.requests) == asked
    assert connected(tenant) == []


@pytest.mark.parametrize("answer", ["denied=x", "oauth_problem=user_refused", "oauth_token=x"])
def test_a_person_who_declines_makes_nothing(
    tenant: Tenant, server: OAuth1Server, answer: str
) -> None:
    browser = Browser(tenant).start()
    back = urlsplit(server.authorize(browser.location))
    state = parse_qs(back.query)["state"][0]
    asked = len(server.requests)

    assert browser.back(f"{back.path}?state={state}&{answer}").status == 400
    assert len(server.requests) == asked
    (event,) = tenant.stack.items("OutboxTable")
    assert (event["success"], event["error_type"]) == (False, "invalid_callback")


def test_a_reconnect_that_ends_at_another_account_is_refused(
    tenant: Tenant, server: OAuth1Server
) -> None:
    browser = Browser(tenant).start()
    assert browser.back(server.authorize(browser.location)).status == 200
    (connection_id,) = connected(tenant)
    server.records.account = "account-2"
    again = Browser(tenant).start(tenant.reconnect_session(connection_id))

    answer = again.back(server.authorize(again.location))
    assert (answer.status, "another account" in answer.text) == (400, True)


def test_a_client_that_the_provider_does_not_know_begins_nothing(
    tenant: Tenant, server: OAuth1Server
) -> None:
    credentials = {**CREDENTIALS, "client_secret": "canary-secret-wrong"}
    assert tenant.call("PATCH", "/integrations/test", {"credentials": credentials}).status == 200
    answer = tenant.start(tenant.session())

    assert answer.status == 400
    assert "HTTP 401" in answer.text
    assert tenant.stack.items("FlowsTable") == []


def test_nothing_in_the_query_passes_for_oauths_own(tenant: Tenant, server: OAuth1Server) -> None:
    query = "".join(
        f"&authorization_params[{name}]=evil"
        for name in ("oauth_token", "OAuth.Token", "oauth_callback", "scope")
    )
    browser = Browser(tenant).start(query=query + "&authorization_params[lang]=de")

    assert sent_for(browser).keys() == {"oauth_token", "scope", "lang"}
    assert "evil" not in browser.location
