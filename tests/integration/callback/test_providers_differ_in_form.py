"""What an entry of the catalog says is what the provider receives."""

import base64
from pathlib import Path

from tests.support.authorization_server import (
    CLIENT_ID,
    CLIENT_SECRET,
    AuthorizationServer,
    TokenRequest,
    write_provider,
)
from tests.support.browser import Browser
from tests.support.tenant import Tenant


def exchange(
    tenant: Tenant, server: AuthorizationServer, folder: Path, query: str = "", **facts: str
) -> TokenRequest:
    """The token request of a flow with a provider of these facts."""
    write_provider(folder, server.url, **facts)
    browser = Browser(tenant).start(query=query)
    answer = browser.back(browser.approve(server))
    assert answer.status == 200, answer.text
    return server.exchanges()[-1]


def test_as_the_rfc_has_it(tenant: Tenant, server: AuthorizationServer, tmp_path: Path) -> None:
    asked = exchange(tenant, server, tmp_path)
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["accept"] == "application/json"
    assert "authorization" not in asked.headers
    assert asked.params.keys() == {
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "client_secret",
        "code_verifier",
    }
    assert asked.params["client_secret"] == CLIENT_SECRET
    assert len(asked.params["code_verifier"]) == 43


def test_with_a_body_in_json(tenant: Tenant, server: AuthorizationServer, tmp_path: Path) -> None:
    asked = exchange(tenant, server, tmp_path, token_body_format='"json"')
    assert asked.headers["content-type"] == "application/json"
    assert asked.params["client_id"] == CLIENT_ID


def test_with_the_client_in_a_header(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    asked = exchange(tenant, server, tmp_path, token_endpoint_auth_method='"client_secret_basic"')
    credentials = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    assert asked.headers["authorization"] == f"Basic {credentials}"
    assert not {"client_id", "client_secret"} & asked.params.keys()


def test_without_pkce(tenant: Tenant, server: AuthorizationServer, tmp_path: Path) -> None:
    server.switches.checks_pkce = False
    asked = exchange(tenant, server, tmp_path, pkce="false")
    assert "code_verifier" not in asked.params


def test_with_params_and_headers_of_its_own(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    asked = exchange(
        tenant,
        server,
        tmp_path,
        query="&params[audience]=api",
        token_params=(
            '{ audience = "${connectionConfig.audience}", grant_type = "password", code = "evil" }'
        ),
        token_headers='{ X-Version = "2" }',
        token_param_renames='{ client_secret = "client_key" }',
        connection_config='{ audience = { format = "slug", title = "Audience" } }',
    )
    assert asked.params["audience"] == "api"
    assert asked.params["grant_type"] == "authorization_code"
    assert asked.params["code"] != "evil"
    assert asked.params["client_key"] == CLIENT_SECRET
    assert "client_secret" not in asked.params
    assert asked.headers["x-version"] == "2"


def test_with_an_answer_that_is_posted(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(tmp_path, server.url, response_mode='"form_post"')
    browser = Browser(tenant).start()
    assert "response_mode=form_post" in browser.location
    url = browser.approve(server)

    assert Browser(tenant).post_back(url).status == 400
    twice = browser.post_back(f"{url}&state=other")
    assert (twice.status, "twice" in twice.text) == (400, True)
    assert server.requests == []
    answer = browser.post_back(url)
    assert answer.status == 200
    assert browser.cookies == {}
    assert len(server.exchanges()) == 1


def test_with_a_token_endpoint_that_the_callback_names(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        server.url,
        token_url=f'"{server.url}/${{connectionConfig.region}}/token"',
        redirect_uri_metadata='["region"]',
        connection_config=(
            '{ region = { format = "region", title = "Region", automated = true } }'
        ),
    )
    for region, status in (("eu", 200), ("../evil", 400), ("eu%2F", 400)):
        browser = Browser(tenant).start()
        assert browser.back(browser.approve(server, region=region)).status == status
    assert len(server.exchanges()) == 1


def test_with_scopes_that_are_fewer_than_asked_for(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    server.switches.scope = "read"
    tenant.connect(server)
    (item,) = tenant.stack.items("ConnectionsTable")
    assert item["requested_scopes"] == ["read", "write"]
    assert item["granted_scopes"] == ["read"]
    (event,) = tenant.stack.items("OutboxTable")
    assert event["success"] is True


def test_without_a_refresh_token(tenant: Tenant, server: AuthorizationServer) -> None:
    server.switches.gives_refresh_token = False
    tenant.connect(server)
    (item,) = tenant.stack.items("ConnectionsTable")
    assert item["refreshable"] is False
    assert "due_shard" not in item
