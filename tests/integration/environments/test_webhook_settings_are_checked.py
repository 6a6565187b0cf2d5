"""Webhook endpoints and callback URL of an environment: what may be set, and what it does."""

import pytest

from carrick.store.environments import EnvironmentStore
from tests.support.calls import problem_of
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

URL = "https://hooks.example.org/carrick"
OTHER_URL = "https://hooks.example.org/other"


def patch(tenant: Tenant, body: object) -> Response:
    return tenant.root("PATCH", f"/environments/{tenant.environment_id}", body)


def webhooks(tenant: Tenant) -> dict[str, object]:
    answer = tenant.root("GET", f"/environments/{tenant.environment_id}")
    return answer.json()["data"]["webhooks"]


def store(stack: RunningStack) -> EnvironmentStore:
    table = stack.aws.table_name("EnvironmentsTable")
    return EnvironmentStore(stack.aws.client("dynamodb"), table)


def test_each_member_is_set_alone(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    before = webhooks(tenant)
    changes = {
        "primary_url": URL,
        "secondary_url": OTHER_URL,
        "on_auth_creation": False,
        "on_auth_refresh_error": False,
        "on_connection_deletion": False,
    }
    for name, value in changes.items():
        answer = patch(tenant, {"webhooks": {name: value}})
        assert answer.status == 200, answer.text
        before = {**before, name: value}
        assert answer.json()["data"]["webhooks"] == before
    patch(tenant, {"webhooks": {"primary_url": ""}})
    assert webhooks(tenant)["primary_url"] == ""


def test_setting_a_url_enables_an_endpoint_that_was_gone(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    patch(tenant, {"webhooks": {"primary_url": URL, "secondary_url": OTHER_URL}})
    assert store(stack).disable_endpoint(tenant.environment_id, "primary", URL)
    assert store(stack).disable_endpoint(tenant.environment_id, "secondary", OTHER_URL)
    assert webhooks(tenant)["disabled"] == ["primary", "secondary"]
    patch(tenant, {"webhooks": {"on_auth_creation": False}})
    assert webhooks(tenant)["disabled"] == ["primary", "secondary"]
    patch(tenant, {"webhooks": {"primary_url": URL}})
    assert webhooks(tenant)["disabled"] == ["secondary"]


def test_an_endpoint_whose_url_changed_is_not_disabled_for_the_old_one(
    stack: RunningStack,
) -> None:
    tenant = Tenant(stack)
    patch(tenant, {"webhooks": {"primary_url": OTHER_URL}})
    assert not store(stack).disable_endpoint(tenant.environment_id, "primary", URL)
    assert webhooks(tenant)["disabled"] == []


def test_a_deleted_environment_stays_deleted_when_its_endpoint_answers(
    stack: RunningStack,
) -> None:
    tenant = Tenant(stack)
    patch(tenant, {"webhooks": {"primary_url": URL}})
    tenant.root("DELETE", f"/environments/{tenant.environment_id}")
    assert not store(stack).disable_endpoint(tenant.environment_id, "primary", URL)
    assert stack.items("EnvironmentsTable") == []


@pytest.mark.parametrize("endpoint", ["primary_url", "secondary_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "https://169.254.169.254/",
        "https://10.0.0.8/",
        "https://[::1]/",
        "https://127.0.0.1:8443/",
        "https://localhost/",
        f"{RunningStack.base_url}/loop",
        f"{RunningStack.base_url.upper().replace('HTTPS', 'https')}./loop",
        "https://user:canary-secret@hooks.example.org/",
        "not a url",
        "x" * 3000,
        None,
        5,
    ],
)
def test_a_webhook_url_leads_to_a_public_place_of_the_customers(
    stack: RunningStack, endpoint: str, url: object
) -> None:
    stack.set(EGRESS_ALLOW_LOOPBACK="0")
    tenant = Tenant(stack)
    answer = patch(tenant, {"webhooks": {endpoint: url}})
    assert problem_of(answer)[1] == ["webhooks", endpoint]
    assert "canary" not in answer.text
    assert webhooks(tenant)[endpoint] == ""


def test_loopback_is_for_the_laptop_only(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    local = {"webhooks": {"primary_url": "http://127.0.0.1:9999/hook"}}
    assert patch(tenant, local).status == 200
    stack.set(EGRESS_ALLOW_LOOPBACK="0")
    assert patch(tenant, local).status == 400


def test_the_callback_url_is_set_and_reset(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    url = "https://you.example/oauth-callback"
    assert patch(tenant, {"callback_url": url}).json()["data"]["callback_url"] == url
    for reset in ("", None):
        patch(tenant, {"callback_url": url})
        answer = patch(tenant, {"callback_url": reset})
        assert answer.json()["data"]["callback_url"] is None


@pytest.mark.parametrize(
    "url",
    [
        "http://you.example/",
        "https://you.example/?a=b",
        "https://you.example/#a",
        "javascript:alert(1)",
        "https://a@b.example/",
        5,
    ],
)
def test_a_callback_url_that_could_leak_a_code_is_refused(stack: RunningStack, url: object) -> None:
    assert problem_of(patch(Tenant(stack), {"callback_url": url}))[1] == ["callback_url"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"webhooks": {"disabled": []}}, ["webhooks"]),
        ({"webhooks": {"on_auth_creation": 1}}, ["webhooks", "on_auth_creation"]),
        ({"webhooks": None}, ["webhooks"]),
        ({"signing_keys": []}, []),
    ],
)
def test_nothing_else_can_be_set(stack: RunningStack, body: object, path: list[str]) -> None:
    assert problem_of(patch(Tenant(stack), body))[1] == path
