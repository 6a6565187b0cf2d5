"""Contract §14.2 (1) and (2), chosen better: nothing is wiped that was not named."""

from pathlib import Path
from typing import Any

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.browser import Browser
from tests.support.tenant import Tenant

FIRST = {
    "end_user": {"id": "u1", "email": "a@b.co"},
    "organization": {"id": "o1"},
    "tags": {"plan": "pro"},
    "webhook_url_override": "https://hooks.example.com/one",
    "integrations_config_defaults": {"test": {"connection_config": {"region": "eu"}}},
}


def read(tenant: Tenant, connection_id: str) -> dict[str, Any]:
    answer = tenant.read(connection_id)
    assert answer.status == 200, answer.text
    return dict(answer.json())


def reconnect(
    tenant: Tenant, server: AuthorizationServer, connection_id: str, query: str = "", **body: Any
) -> dict[str, Any]:
    """The connection after another authorization."""
    token = tenant.reconnect_session(connection_id, **body)
    browser = Browser(tenant).start(token, query=query)
    answer = browser.back(browser.approve(server))
    assert answer.status == 200, answer.text
    return read(tenant, connection_id)


def found_by(tenant: Tenant, query: str) -> int:
    return len(tenant.call("GET", f"/connections?{query}").json()["connections"])


def test_a_plain_reconnect_renews_credentials_and_nothing_else(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server, **FIRST)
    metadata = {"provider_config_key": "test", "connection_id": connection_id}
    tenant.call("POST", "/connections/metadata", {**metadata, "metadata": {"colour": "blue"}})
    before = read(tenant, connection_id)
    after = reconnect(tenant, server, connection_id)

    changing = {"credentials", "updated_at", "last_fetched_at"}
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
    assert before["credentials"]["access_token"] != after["credentials"]["access_token"]
    assert after["metadata"] == {"colour": "blue"}
    assert after["connection_config"] == {"region": "eu"}
    assert after["webhook_url_override"] == "https://hooks.example.com/one"
    assert len(tenant.stack.items("ConnectionsTable")) == 1
    events = tenant.stack.items("OutboxTable")
    assert sorted(event["operation"] for event in events) == ["creation", "override"]
    (override,) = (event for event in events if event["operation"] == "override")
    assert override["success"] is True
    assert override["tags"] == before["tags"]
    assert override["webhook_url_override"] == "https://hooks.example.com/one"


def test_what_is_named_replaces_and_can_be_found_by_it(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server, **FIRST)
    after = reconnect(tenant, server, connection_id, tags={"plan": "free"}, webhook_url_override="")
    assert after["tags"] == {"plan": "free"}
    assert after["webhook_url_override"] is None
    assert after["end_user"]["id"] == "u1"
    assert (found_by(tenant, "tags[plan]=free"), found_by(tenant, "tags[plan]=pro")) == (1, 0)
    assert found_by(tenant, "endUserId=u1") == 1


def test_a_new_end_user_changes_the_tags_that_tell_of_one(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server, **FIRST)
    after = reconnect(tenant, server, connection_id, end_user={"id": "u2"})

    assert after["tags"] == {"plan": "pro", "end_user_id": "u2", "organization_id": "o1"}
    assert (after["end_user"]["id"], after["end_user"]["email"]) == ("u2", None)
    assert after["end_user"]["organization"]["id"] == "o1"
    assert (found_by(tenant, "endUserId=u2"), found_by(tenant, "endUserId=u1")) == (1, 0)


def test_a_new_organization_leaves_the_end_user(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server, **FIRST)
    after = reconnect(tenant, server, connection_id, organization={"id": "o2"})

    assert (after["end_user"]["id"], after["end_user"]["email"]) == ("u1", "a@b.co")
    assert after["end_user"]["organization"]["id"] == "o2"
    assert after["tags"]["organization_id"] == "o2"
    assert (
        found_by(tenant, "endUserOrganizationId=o2"),
        found_by(tenant, "endUserOrganizationId=o1"),
    ) == (1, 0)


def test_config_is_merged_and_the_providers_word_is_the_last(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        server.url,
        token_response_metadata='["account"]',
        redirect_uri_metadata='["realm"]',
    )
    browser = Browser(tenant).start(
        query="&params[region]=eu&params[account]=forged&params[realm]=forged"
    )
    assert browser.back(browser.approve(server, realm="r-1")).status == 200
    (row,) = tenant.call("GET", "/connections").json()["connections"]
    connection_id = row["connection_id"]
    assert read(tenant, connection_id)["connection_config"] == {
        "region": "eu",
        "account": "account-1",
        "realm": "r-1",
    }

    server.switches.account = "account-2"
    token = tenant.reconnect_session(connection_id, allow_account_change=True)
    browser = Browser(tenant).start(token, query="&params[note]=x&params[account]=forged")
    assert browser.back(browser.approve(server, realm="r-2")).status == 200
    assert read(tenant, connection_id)["connection_config"] == {
        "region": "eu",
        "note": "x",
        "account": "account-2",
        "realm": "r-2",
    }


def test_another_account_is_refused_unless_it_is_allowed(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    connection_id = tenant.connect(server, **FIRST)
    before = tenant.stack.items("ConnectionsTable")
    server.switches.account = "account-2"
    browser = Browser(tenant).start(tenant.reconnect_session(connection_id))
    answer = browser.back(browser.approve(server))

    assert answer.status == 400
    assert "another account" in answer.text
    assert tenant.stack.items("ConnectionsTable") == before
    (failure,) = (e for e in tenant.stack.items("OutboxTable") if not e["success"])
    assert (failure["operation"], failure["error_type"]) == ("override", "account_mismatch")
    assert failure["webhook_url_override"] == "https://hooks.example.com/one"

    reconnect(tenant, server, connection_id, allow_account_change=True)
    server.switches.account = "account-1"
    browser = Browser(tenant).start(tenant.reconnect_session(connection_id))
    assert browser.back(browser.approve(server)).status == 400


def test_a_company_that_the_browser_names_is_compared_too(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(
        tmp_path,
        server.url,
        redirect_uri_metadata='["realmId"]',
        account_id_paths='["realmId"]',
        connection_config='{ realmId = { format = "digits", title = "Company", optional = true } }',
    )
    browser = Browser(tenant).start()
    assert browser.back(browser.approve(server, realmId="1234567890")).status == 200
    (row,) = tenant.call("GET", "/connections").json()["connections"]

    for query, extra, status in (
        ("", {"realmId": "9999999999"}, 400),
        ("&params[realmId]=1234567890", {"realmId": "9999999999"}, 400),
        ("", {}, 400),
        ("", {"realmId": "1234567890"}, 200),
    ):
        token = tenant.reconnect_session(row["connection_id"])
        browser = Browser(tenant).start(token, query=query)
        assert browser.back(browser.approve(server, **extra)).status == status, (query, extra)
