"""Providers: listed, searched as plain text, read; and the health check."""

import time
from pathlib import Path

import pytest

from carrick import identifiers
from carrick.models.environment import hash_token
from carrick.models.session import ConnectSession
from carrick.store.sessions import SessionStore
from tests.support.calls import call, error_of
from tests.support.providers import write_overlay
from tests.support.stack import BASE_URL, RunningStack
from tests.support.tenant import Tenant


def listed(tenant: Tenant, query: str = "") -> list[dict[str, object]]:
    answer = tenant.call("GET", f"/providers{query}")
    assert answer.status == 200, answer.text
    return answer.json()["data"]


def names(tenant: Tenant, query: str) -> list[object]:
    return [provider["name"] for provider in listed(tenant, query)]


def test_all_providers_are_listed_with_what_a_form_needs(stack: RunningStack) -> None:
    found = {provider["name"]: provider for provider in listed(Tenant(stack))}
    assert len(found) >= 1143
    github = found["github"]
    assert github["auth_mode"] == "OAUTH2"
    assert github["logo_url"] == f"{BASE_URL}/images/template-logos/github.svg"
    assert "subdomain" in found["zendesk"]["connection_config"]


def test_one_provider_is_as_in_the_list(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    for entry in listed(tenant, "?search=zoho"):
        answer = tenant.call("GET", f"/providers/{entry['name']}")
        assert answer.json() == {"data": entry}


def test_search_is_a_part_of_a_name_in_any_case(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    assert names(tenant, "?search=GitHub-A") == ["github-app", "github-app-oauth"]
    assert names(tenant, "?search=google-cal") == ["google-calendar", "google-calendar-mcp"]
    assert len(names(tenant, "?search=")) == len(listed(tenant))


@pytest.mark.parametrize("search", [".*", "%5E", "git.ub", "(a%2B)%2B%24", "%5B", "a%00b"])
def test_search_is_no_expression(stack: RunningStack, search: str) -> None:
    assert listed(Tenant(stack), f"?search={search}") == []


def test_other_parameters_are_refused(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    for query in ("?q=a", "?search=a&search=b", "?search[a]=b"):
        answer = tenant.call("GET", f"/providers{query}")
        assert error_of(answer) == (400, "invalid_query_params")


@pytest.mark.parametrize("name", ["no-such", "GITHUB", "git_hub", "x" * 200])
def test_an_unknown_provider_is_not_found(stack: RunningStack, name: str) -> None:
    answer = Tenant(stack).call("GET", f"/providers/{name}")
    assert error_of(answer) == (404, "not_found")


@pytest.mark.parametrize("name", ["..%2Fgithub", "github.toml", "%2Fetc%2Fpasswd", "a%00"])
def test_a_name_is_never_a_path(stack: RunningStack, name: str) -> None:
    answer = Tenant(stack).call("GET", f"/providers/{name}")
    assert error_of(answer) == (400, "invalid_uri_params")


def test_files_of_ones_own_are_added(stack: RunningStack, tmp_path: Path) -> None:
    stack.set(PROVIDERS_OVERLAY_DIR=write_overlay(tmp_path))
    tenant = Tenant(stack)
    assert "key-provider" in names(tenant, "?search=provider")
    own = tenant.call("GET", "/providers/configured-provider").json()["data"]
    assert own["integration_config"].keys() == {"developer_token", "region", "note"}


def test_any_key_and_any_session_will_do(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    token = identifiers.new_session_token()
    session = ConnectSession(
        hash_token(token), tenant.environment_id, time.time(), time.time() + 60, "op_1"
    )
    table = stack.aws.table_name("SessionsTable")
    SessionStore(stack.aws.client("dynamodb"), table, now=time.time).put(session)
    for key in (tenant.key_with("environment:proxy"), token):
        for path in ("/providers", "/providers/github"):
            assert call(stack, key, "GET", path).status == 200


def test_nobody_else_is_let_in(stack: RunningStack) -> None:
    for path in ("/providers", "/providers/github"):
        assert error_of(stack.http("GET", path)) == (401, "missing_auth_header")
        refused = call(stack, stack.root_key, "GET", path)
        assert error_of(refused) == (401, "invalid_secret_key_format")


def test_health_is_public_and_says_so(stack: RunningStack) -> None:
    answer = stack.http("GET", "/health")
    assert (answer.status, answer.json()) == (200, {"result": "ok"})
