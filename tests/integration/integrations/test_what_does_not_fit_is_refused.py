"""Bodies of integrations that are refused, and what the answer says (contract §8.1)."""

import pytest

from tests.support.calls import problem_of, refuses_odd_bodies
from tests.support.private_keys import PEM
from tests.support.tenant import Tenant

SECRET = "canary-secret-client"
OAUTH = {"type": "OAUTH2", "client_id": "client-1", "client_secret": SECRET}
APP = {"type": "APP", "app_id": "1", "app_link": "https://a.example", "private_key": PEM}
GITHUB = {"provider": "github", "unique_key": "github-prod", "credentials": OAUTH}
CONFIGURED = {**GITHUB, "provider": "configured-provider"}


def without(body: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({**GITHUB, "provider": "no-such"}, "custom", ["provider"]),
        ({**GITHUB, "provider": "../github"}, "invalid_format", ["provider"]),
        (without(GITHUB, "provider"), "invalid_type", ["provider"]),
        (without(GITHUB, "unique_key"), "invalid_type", ["unique_key"]),
        ({**GITHUB, "unique_key": "a#b"}, "invalid_format", ["unique_key"]),
        ({**GITHUB, "unique_key": ".."}, "custom", ["unique_key"]),
        ({**GITHUB, "display_name": ""}, "too_small", ["display_name"]),
        ({**GITHUB, "display_name": None}, "invalid_type", ["display_name"]),
        ({**GITHUB, "forward_webhooks": "true"}, "invalid_type", ["forward_webhooks"]),
        ({**GITHUB, "callback_url": "http://a.example"}, "custom", ["callback_url"]),
        ({**GITHUB, "allowed_hosts": ["10.0.0.1"]}, "custom", ["allowed_hosts", "0"]),
        ({**GITHUB, "allowed_hosts": ["A.example"]}, "custom", ["allowed_hosts", "0"]),
        ({**GITHUB, "allowed_hosts": [".com"]}, "custom", ["allowed_hosts", "0"]),
        ({**GITHUB, "allowed_hosts": ["a.example/x"]}, "custom", ["allowed_hosts", "0"]),
        ({**GITHUB, "allowed_hosts": [""]}, "custom", ["allowed_hosts", "0"]),
        ({**GITHUB, "custom": {"a": 1}}, "invalid_type", ["custom", "a"]),
        (without(GITHUB, "credentials"), "custom", ["credentials"]),
        ({**GITHUB, "credentials": None}, "invalid_type", ["credentials"]),
        ({**GITHUB, "credentials": APP}, "custom", ["credentials", "type"]),
        ({**GITHUB, "provider": "key-provider"}, "custom", ["credentials", "type"]),
        ({**GITHUB, "credentials": {"type": "BASIC"}}, "invalid_union", ["credentials"]),
        (
            {**GITHUB, "credentials": without(OAUTH, "client_secret")},
            "invalid_type",
            ["credentials", "client_secret"],
        ),
        (
            {**GITHUB, "credentials": {**OAUTH, "client_secret": ""}},
            "too_small",
            ["credentials", "client_secret"],
        ),
        (
            {**GITHUB, "credentials": {**OAUTH, "client_id": "x" * 256}},
            "too_big",
            ["credentials", "client_id"],
        ),
        (
            {**GITHUB, "credentials": {**OAUTH, "webhook_secret": "x" * 256}},
            "too_big",
            ["credentials", "webhook_secret"],
        ),
        (
            {**GITHUB, "credentials": {**OAUTH, "private_key": SECRET}},
            "unrecognized_keys",
            ["credentials"],
        ),
        *(
            (
                {**GITHUB, "credentials": {**OAUTH, "scopes": scopes}},
                "invalid_format",
                ["credentials", "scopes"],
            )
            for scopes in ("a b", "a;b", "a,,b", ",a", "a,", "a\n", "é")
        ),
        (
            {
                **GITHUB,
                "provider": "app-provider",
                "credentials": {**APP, "private_key": SECRET},
            },
            "custom",
            ["credentials", "private_key"],
        ),
        (
            {
                **GITHUB,
                "provider": "app-provider",
                "credentials": {**APP, "private_key": PEM.replace("MII", "AAA")},
            },
            "custom",
            ["credentials", "private_key"],
        ),
        (
            {
                **GITHUB,
                "provider": "github-app",
                "credentials": {**APP, "app_link": "https://evil.example/apps/x"},
            },
            "custom",
            ["credentials", "app_link"],
        ),
        (
            {**GITHUB, "integration_config": {"a": "b"}},
            "unrecognized_keys",
            ["integration_config"],
        ),
        (
            CONFIGURED,
            "invalid_type",
            ["integration_config", "developer_token"],
        ),
        (
            {**CONFIGURED, "integration_config": {"developer_token": f"{SECRET} with spaces"}},
            "custom",
            ["integration_config", "developer_token"],
        ),
        (
            {**CONFIGURED, "integration_config": {"developer_token": "x", "region": "mars"}},
            "custom",
            ["integration_config", "region"],
        ),
        (
            {**CONFIGURED, "integration_config": {"developer_token": "x" * 8193}},
            "too_big",
            ["integration_config", "developer_token"],
        ),
    ],
)
def test_a_new_integration_is_checked(
    tenant: Tenant, body: object, code: str, path: list[str]
) -> None:
    answer = tenant.call("POST", "/integrations", body)
    assert problem_of(answer) == (code, path)
    assert "canary" not in answer.text
    assert tenant.stack.items("IntegrationsTable") == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({**GITHUB, "provider": "no-such"}, "Invalid provider"),
        (without(GITHUB, "credentials"), "Missing credentials"),
        (
            {**GITHUB, "credentials": APP},
            "incompatible credentials auth type and provider auth",
        ),
    ],
)
def test_the_words_of_the_contract_are_kept(tenant: Tenant, body: object, message: str) -> None:
    answer = tenant.call("POST", "/integrations", body)
    assert answer.json()["error"]["errors"][0]["message"] == message


def test_a_taken_key_is_refused_and_changes_nothing(tenant: Tenant) -> None:
    tenant.call("POST", "/integrations", {**GITHUB, "display_name": "First"})
    answer = tenant.call("POST", "/integrations", {**GITHUB, "display_name": "Second"})
    assert problem_of(answer) == ("custom", ["uniqueKey"])
    assert answer.json()["error"]["errors"][0]["message"] == "Unique key already exists"
    shown = tenant.call("GET", "/integrations/github-prod").json()["data"]
    assert shown["display_name"] == "First"


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"provider": "gitlab"}, "unrecognized_keys", []),
        ({"unique_key": ""}, "invalid_format", ["unique_key"]),
        ({"credentials": APP}, "custom", ["credentials", "type"]),
        ({"credentials": None}, "invalid_type", ["credentials"]),
        ({"integration_config": {"a": "b"}}, "unrecognized_keys", ["integration_config"]),
        ({"callback_url": "https://a.example/?x"}, "custom", ["callback_url"]),
    ],
)
def test_a_change_is_checked(tenant: Tenant, body: object, code: str, path: list[str]) -> None:
    tenant.call("POST", "/integrations", GITHUB)
    before = tenant.stack.items("IntegrationsTable")
    answer = tenant.call("PATCH", "/integrations/github-prod", body)
    assert problem_of(answer) == (code, path)
    assert tenant.stack.items("IntegrationsTable") == before


def test_odd_bodies_are_refused(tenant: Tenant) -> None:
    refuses_odd_bodies(tenant.stack, tenant.api_key, "POST", "/integrations")
    tenant.call("POST", "/integrations", GITHUB)
    refuses_odd_bodies(tenant.stack, tenant.api_key, "PATCH", "/integrations/github-prod")
