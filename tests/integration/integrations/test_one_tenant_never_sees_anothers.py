"""The environment is the key's: what another one has does not exist, and answers do not tell."""

import pytest

from tests.support.calls import call
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

CHANGE = {"display_name": "Mine now"}
CREDENTIALS = {"type": "OAUTH2", "client_id": "c", "client_secret": "canary-secret-a"}


@pytest.fixture
def tenants(stack: RunningStack) -> tuple[Tenant, Tenant]:
    a, ab = Tenant(stack, "a"), Tenant(stack, "ab")
    a.integrate("shared", provider="github")
    a.integrate("only-in-a", provider="github")
    ab.integrate("shared", provider="gitlab")
    return a, ab


@pytest.mark.parametrize(
    ("method", "query", "body"),
    [
        ("GET", "", None),
        ("GET", "?include=credentials", None),
        ("PATCH", "", CHANGE),
        ("PATCH", "", {"unique_key": "stolen"}),
        ("PATCH", "", {"credentials": CREDENTIALS}),
        ("DELETE", "", None),
    ],
)
def test_anothers_integration_answers_as_one_that_never_was(
    tenants: tuple[Tenant, Tenant], method: str, query: str, body: object
) -> None:
    a, ab = tenants
    before = a.stack.items("IntegrationsTable")
    foreign = ab.call(method, f"/integrations/only-in-a{query}", body)
    unknown = ab.call(method, f"/integrations/never-was{query}", body)
    assert foreign.status == unknown.status == 404
    assert foreign.body == unknown.body
    assert a.stack.items("IntegrationsTable") == before


def test_the_same_key_is_another_integration_in_each_environment(
    tenants: tuple[Tenant, Tenant],
) -> None:
    a, ab = tenants
    assert ab.call("PATCH", "/integrations/shared", CHANGE).status == 200
    assert ab.call("DELETE", "/integrations/shared").status == 200
    shown = a.call("GET", "/integrations/shared").json()["data"]
    assert shown["provider"] == "github"
    assert shown["display_name"] != CHANGE["display_name"]


def test_a_list_is_of_one_environment(tenants: tuple[Tenant, Tenant]) -> None:
    a, ab = tenants
    keys = [
        [each["unique_key"] for each in tenant.call("GET", "/integrations").json()["data"]]
        for tenant in (a, ab)
    ]
    assert keys == [["only-in-a", "shared"], ["shared"]]


def test_the_request_cannot_name_an_environment(tenants: tuple[Tenant, Tenant]) -> None:
    a, ab = tenants
    body = {"provider": "github", "unique_key": "n", "credentials": CREDENTIALS}
    for name in ("environment_id", "environment", "env"):
        answer = ab.call("POST", "/integrations", {**body, name: a.environment_id})
        assert answer.status == 400
    for query in (f"environment_id={a.environment_id}", "env=a"):
        assert ab.call("POST", f"/integrations?{query}", body).status == 400
    stored = a.stack.items("IntegrationsTable")
    headers = {"authorization": f"Bearer {ab.api_key}", "x-environment": a.environment_id}
    assert ab.stack.http("POST", "/integrations", headers=headers, body=body).status == 200
    (new,) = (item for item in a.stack.items("IntegrationsTable") if item not in stored)
    assert new["environment_id"] == ab.environment_id


def test_a_key_whose_environment_part_was_exchanged_is_no_key(
    tenants: tuple[Tenant, Tenant],
) -> None:
    a, ab = tenants
    prefix = len("carrick_sk_")
    forged = ab.api_key[:prefix] + a.api_key[prefix : prefix + 32] + ab.api_key[prefix + 32 :]
    assert call(a.stack, forged, "GET", "/integrations").status == 401
