"""API keys: shown once, stored as hashes, several live at once, revoked one by one."""

import pytest

from carrick.store.environments import MAX_API_KEYS
from tests.support.calls import call, error_of, problem_of
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant


def keys_path(tenant: Tenant) -> str:
    return f"/environments/{tenant.environment_id}/api-keys"


def new_key(tenant: Tenant, *scopes: str) -> dict[str, object]:
    body = {"display_name": "second", "scopes": list(scopes)}
    answer = tenant.root("POST", keys_path(tenant), body)
    assert answer.status == 201, answer.text
    return answer.json()["data"]


def test_a_key_is_shown_when_it_is_made_and_never_again(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    made = new_key(tenant, "environment:integrations:*", "environment:integrations:*")
    token = str(made.pop("token"))
    assert made["scopes"] == ["environment:integrations:*"]

    listed = tenant.root("GET", keys_path(tenant))
    assert listed.json()["data"][1] == made
    assert [key["display_name"] for key in listed.json()["data"]] == [
        "Default - Full access",
        "second",
    ]
    for text in (listed.text, stack.everything_stored()):
        assert token not in text
        assert tenant.api_key not in text
        assert token[60:90] not in text
    assert "hash" not in listed.text


def test_several_keys_work_until_each_is_deleted(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    second = new_key(tenant, "environment:*")
    third = new_key(tenant, "environment:*")
    for token in (tenant.api_key, second["token"], third["token"]):
        assert call(stack, str(token), "GET", "/integrations").status == 200

    path = f"{keys_path(tenant)}/{second['id']}"
    assert tenant.root("DELETE", path).json() == {"success": True}
    assert error_of(tenant.root("DELETE", path)) == (404, "not_found")
    stack.function("integrations")  # a new sandbox: the old one remembers a key for 30 seconds
    refused = call(stack, str(second["token"]), "GET", "/integrations")
    assert error_of(refused) == (401, "unknown_account")
    for token in (tenant.api_key, third["token"]):
        assert call(stack, str(token), "GET", "/integrations").status == 200


def test_a_key_id_of_another_environment_is_not_found(stack: RunningStack) -> None:
    a, ab = Tenant(stack, "a"), Tenant(stack, "ab")
    key = new_key(a, "environment:*")
    assert error_of(ab.root("DELETE", f"{keys_path(ab)}/{key['id']}")) == (404, "not_found")
    assert call(stack, str(key["token"]), "GET", "/integrations").status == 200


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"scopes": ["environment:*"]}, "invalid_type", ["display_name"]),
        ({"display_name": "", "scopes": ["environment:*"]}, "too_small", ["display_name"]),
        ({"display_name": "x" * 256, "scopes": ["environment:*"]}, "too_big", ["display_name"]),
        ({"display_name": "x"}, "invalid_type", ["scopes"]),
        ({"display_name": "x", "scopes": []}, "too_small", ["scopes"]),
        ({"display_name": "x", "scopes": "environment:*"}, "invalid_type", ["scopes"]),
        ({"display_name": "x", "scopes": ["*"]}, "custom", ["scopes", "0"]),
        ({"display_name": "x", "scopes": ["account:*"]}, "custom", ["scopes", "0"]),
        (
            {"display_name": "x", "scopes": ["environment:proxy", "environment:syncs:*"]},
            "custom",
            ["scopes", "1"],
        ),
    ],
)
def test_a_key_has_a_name_and_known_scopes(
    stack: RunningStack, body: object, code: str, path: list[str]
) -> None:
    tenant = Tenant(stack)
    assert problem_of(tenant.root("POST", keys_path(tenant), body)) == (code, path)


def test_an_environment_has_a_bounded_number_of_keys(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    made = [new_key(tenant, "environment:proxy") for _ in range(MAX_API_KEYS - 1)]
    body = {"display_name": "one too many", "scopes": ["environment:*"]}
    refused = tenant.root("POST", keys_path(tenant), body)
    assert error_of(refused) == (400, "resource_capped")
    tenant.root("DELETE", f"{keys_path(tenant)}/{made[0]['id']}")
    assert tenant.root("POST", keys_path(tenant), body).status == 201
    assert tenant.root("DELETE", f"/environments/{tenant.environment_id}").status == 200
    assert stack.items("EnvironmentsTable") == []


def test_a_malformed_key_id_is_refused(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    for key_id in ("x", "a#bcdefg", "x" * 2000):
        answer = tenant.root("DELETE", f"{keys_path(tenant)}/{key_id.replace('#', '%23')}")
        assert error_of(answer) == (400, "invalid_uri_params")
