"""Create, list, read, change and delete: paths, statuses and members of contract §8.1."""

import re

import pytest

from tests.support.calls import error_of, problem_of
from tests.support.private_keys import BASE64_PEM, PEM
from tests.support.stack import BASE_URL
from tests.support.tenant import Tenant

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
SECRET = "canary-secret-client"
CREDENTIALS = {"type": "OAUTH2", "client_id": "client-1", "client_secret": SECRET}
GITHUB = {"provider": "github", "unique_key": "github-prod", "credentials": CREDENTIALS}


def create(tenant: Tenant, **changes: object) -> dict[str, object]:
    answer = tenant.call("POST", "/integrations", {**GITHUB, **changes})
    assert answer.status == 200, answer.text
    return answer.json()["data"]


def credentials(tenant: Tenant, unique_key: str = "github-prod") -> dict[str, object]:
    answer = tenant.call("GET", f"/integrations/{unique_key}?include=credentials")
    assert answer.status == 200, answer.text
    return answer.json()["data"]["credentials"]


def test_an_integration_has_these_members(tenant: Tenant) -> None:
    made = create(tenant)
    assert TIME.fullmatch(str(made["created_at"]))
    assert made == {
        "unique_key": "github-prod",
        "provider": "github",
        "display_name": tenant.call("GET", "/providers/github").json()["data"]["display_name"],
        "logo": f"{BASE_URL}/images/template-logos/github.svg",
        "forward_webhooks": True,
        "preconfigured_credentials": [],
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "callback_url": f"{BASE_URL}/oauth/callback/github-prod",
        "allowed_hosts": [],
    }
    assert tenant.call("GET", "/integrations").json() == {"data": [made]}
    assert tenant.call("GET", "/integrations/github-prod").json() == {"data": made}


def test_what_is_asked_for_is_included(tenant: Tenant) -> None:
    create(tenant)
    path = "/integrations/github-prod"
    assert tenant.call("GET", f"{path}?include=webhook").json()["data"]["webhook_url"] is None
    both = tenant.call("GET", f"{path}?include=webhook&include=credentials").json()["data"]
    assert both["credentials"] == {
        "type": "OAUTH2",
        "client_id": "client-1",
        "client_secret": SECRET,
        "scopes": both["credentials"]["scopes"],
        "webhook_secret": None,
    }
    assert both["webhook_url"] is None
    for query in ("include=everything", "includes=credentials", "include[]=credentials"):
        answer = tenant.call("GET", f"{path}?{query}")
        assert error_of(answer) == (400, "invalid_query_params")


def test_integrations_are_listed_by_key_without_credentials(tenant: Tenant) -> None:
    for name in ("b", "a", "a-2", "A"):
        create(tenant, unique_key=name)
    answer = tenant.call("GET", "/integrations")
    assert [each["unique_key"] for each in answer.json()["data"]] == ["A", "a", "a-2", "b"]
    assert "client" not in answer.text
    assert "canary" not in answer.text


def test_every_member_can_be_given_and_changed(tenant: Tenant) -> None:
    made = create(
        tenant,
        display_name="GitHub · Produktion",
        forward_webhooks=False,
        callback_url="https://you.example/callback",
        allowed_hosts=["git.example.com", ".internal.example.com"],
        custom={"note": "canary-secret-note"},
        credentials={**CREDENTIALS, "scopes": "repo,user,repo", "webhook_secret": SECRET},
    )
    assert made["display_name"] == "GitHub · Produktion"
    assert made["forward_webhooks"] is False
    assert made["callback_url"] == "https://you.example/callback"
    assert made["allowed_hosts"] == ["git.example.com", ".internal.example.com"]
    assert credentials(tenant)["scopes"] == "repo,user"
    assert credentials(tenant)["webhook_secret"] == SECRET

    changes = {
        "display_name": "Other",
        "forward_webhooks": True,
        "callback_url": "",
        "allowed_hosts": [],
        "custom": {"more": "canary-secret-more"},
        "credentials": {**CREDENTIALS, "client_id": "client-2"},
    }
    answer = tenant.call("PATCH", "/integrations/github-prod", changes)
    assert answer.status == 200, answer.text
    changed = answer.json()["data"]
    assert changed["display_name"] == "Other"
    assert changed["forward_webhooks"] is True
    assert changed["callback_url"] == f"{BASE_URL}/oauth/callback/github-prod"
    assert changed["allowed_hosts"] == []
    assert changed["updated_at"] > made["updated_at"]
    assert changed["created_at"] == made["created_at"]
    after = credentials(tenant)
    assert after["client_id"] == "client-2"
    assert after["scopes"] == "repo,user", "what is not given stays"
    assert after["webhook_secret"] == SECRET


def test_a_patch_of_one_member_leaves_the_others(tenant: Tenant) -> None:
    create(tenant, display_name="Kept", credentials={**CREDENTIALS, "scopes": "repo"})
    before = credentials(tenant)
    answer = tenant.call("PATCH", "/integrations/github-prod", {"forward_webhooks": False})
    assert answer.json()["data"]["display_name"] == "Kept"
    assert credentials(tenant) == before


@pytest.mark.parametrize("scopes", [None, ""])
def test_without_scopes_the_providers_default_ones_count(
    tenant: Tenant, scopes: str | None
) -> None:
    given = {"type": "OAUTH2", "client_id": "public"}
    if scopes is not None:
        given["scopes"] = scopes
    create(tenant, provider="public-provider", unique_key="p", credentials=given)
    assert credentials(tenant, "p")["scopes"] == "openid,offline_access"


def test_a_public_client_has_no_secret(tenant: Tenant) -> None:
    given = {"type": "OAUTH2", "client_id": "public", "scopes": "openid"}
    create(tenant, provider="public-provider", unique_key="p", credentials=given)
    assert credentials(tenant, "p")["client_secret"] is None
    with_secret = {**given, "client_secret": SECRET}
    tenant.call("PATCH", "/integrations/p", {"credentials": with_secret})
    assert credentials(tenant, "p")["client_secret"] == SECRET
    tenant.call("PATCH", "/integrations/p", {"credentials": given})
    assert credentials(tenant, "p")["client_secret"] is None


APP = {"app_id": "1", "app_link": "https://github.com/apps/x", "private_key": PEM}


@pytest.mark.parametrize(
    ("provider", "given"),
    [
        ("app-provider", {"type": "APP", **APP}),
        ("app-provider", {"type": "APP", **APP, "private_key": BASE64_PEM}),
        (
            "custom-provider",
            {"type": "CUSTOM", "client_id": "c", "client_secret": SECRET, **APP},
        ),
        (
            "tba-provider",
            {
                "type": "TBA",
                "client_id": "c",
                "client_secret": SECRET,
                "scopes": None,
                "webhook_secret": None,
            },
        ),
        (
            "plugin-provider",
            {
                "type": "INSTALL_PLUGIN",
                "app_link": "https://plugins.example.com/x",
                "username": "u",
                "password": SECRET,
            },
        ),
        ("tba-provider", None),
        ("key-provider", None),
    ],
)
def test_each_mode_has_credentials_of_its_own(
    tenant: Tenant, provider: str, given: dict[str, object] | None
) -> None:
    body: dict[str, object] = {"provider": provider, "unique_key": "x"}
    if given is not None:
        body["credentials"] = {name: value for name, value in given.items() if value}
    answer = tenant.call("POST", "/integrations", body)
    assert answer.status == 200, answer.text
    shown = credentials(tenant, "x")
    if given is not None:
        assert shown == given
    elif provider == "key-provider":
        assert shown is None
    else:
        assert shown["client_id"] is None


def test_a_deleted_integration_is_gone(tenant: Tenant) -> None:
    create(tenant)
    answer = tenant.call("DELETE", "/integrations/github-prod")
    assert (answer.status, answer.json()) == (200, {"success": True})
    assert tenant.call("GET", "/integrations").json() == {"data": []}
    assert tenant.stack.items("IntegrationsTable") == []
    create(tenant)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_unknown_integration_is_not_found(tenant: Tenant, method: str) -> None:
    body = {"display_name": "x"} if method == "PATCH" else None
    answer = tenant.call(method, "/integrations/nothing", body)
    assert error_of(answer) == (404, "not_found")
    for odd in ("a%23b", "%00", "x" * 300, "%C3%A4"):
        answer = tenant.call(method, f"/integrations/{odd}", body)
        assert error_of(answer) == (400, "invalid_uri_params")


def test_a_key_with_odd_characters_is_addressable(tenant: Tenant) -> None:
    create(tenant, unique_key="My App: a@b~1")
    answer = tenant.call("GET", "/integrations/My%20App%3A%20a%40b~1")
    assert answer.json()["data"]["unique_key"] == "My App: a@b~1"
    callback = answer.json()["data"]["callback_url"]
    assert callback == f"{BASE_URL}/oauth/callback/My%20App%3A%20a%40b~1"


def test_keys_are_compared_letter_by_letter(tenant: Tenant) -> None:
    create(tenant, unique_key="Github")
    create(tenant, unique_key="github")
    assert problem_of(tenant.call("POST", "/integrations", {**GITHUB, "unique_key": "github"}))
    assert error_of(tenant.call("GET", "/integrations/GITHUB")) == (404, "not_found")


def test_the_environments_callback_url_replaces_ours(tenant: Tenant) -> None:
    url = "https://you.example/oauth-callback"
    tenant.root("PATCH", f"/environments/{tenant.environment_id}", {"callback_url": url})
    assert create(tenant)["callback_url"] == url
