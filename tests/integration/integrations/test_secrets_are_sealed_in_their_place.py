"""Client secrets, webhook secrets, private keys, secret configuration: sealed where they belong."""

from dataclasses import replace

import pytest

from carrick.crypto.envelope import Envelope
from carrick.domain.vault import Vault
from carrick.errors import SealError
from carrick.models.integration import Integration
from carrick.store.integrations import IntegrationStore
from tests.support.calls import call, error_of
from tests.support.private_keys import PEM, SECRET_LINE
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

SECRET = "canary-secret-client"
WEBHOOK_SECRET = "canary-secret-webhook"
OAUTH = {
    "type": "OAUTH2",
    "client_id": "c",
    "client_secret": SECRET,
    "webhook_secret": WEBHOOK_SECRET,
}
CONFIGURED = {
    "provider": "configured-provider",
    "unique_key": "x",
    "credentials": OAUTH,
    "integration_config": {"developer_token": "canary-secret-token", "note": "public"},
    "custom": {"anything": "canary-secret-custom"},
}


def vault(stack: RunningStack) -> Vault:
    kms = stack.aws.client("kms")
    key_arn = stack.aws.key_arn("CredentialsKey")
    return Vault(Envelope(kms=kms, key_arn=key_arn, now=lambda: 1.0))


def store(tenant: Tenant) -> IntegrationStore:
    table = tenant.stack.aws.table_name("IntegrationsTable")
    return IntegrationStore(tenant.stack.aws.client("dynamodb"), table)


def stored(tenant: Tenant, unique_key: str = "x") -> Integration:
    found = store(tenant).get(tenant.environment_id, unique_key)
    assert found is not None
    return found


def create(tenant: Tenant, body: object) -> None:
    answer = tenant.call("POST", "/integrations", body)
    assert answer.status == 200, answer.text
    assert "canary" not in answer.text


def test_every_secret_is_sealed_and_unseals_in_its_place(tenant: Tenant) -> None:
    create(tenant, CONFIGURED)
    assert "canary" not in tenant.stack.everything_stored()
    integration, opened = stored(tenant), vault(tenant.stack)
    assert opened.client_secret(integration) == SECRET
    assert opened.webhook_secret(integration) == WEBHOOK_SECRET
    custom = opened.custom_secrets(integration)
    assert custom.integration_config == {"developer_token": "canary-secret-token"}
    assert custom.custom == {"anything": "canary-secret-custom"}
    assert integration.integration_config == {"region": "eu", "note": "public"}


def test_names_are_told_of_what_is_set_and_nothing_more(tenant: Tenant) -> None:
    create(tenant, CONFIGURED)
    answer = call(tenant.stack, tenant.session(), "GET", "/integrations")
    (shown,) = answer.json()["data"]
    assert shown["preconfigured_credentials"] == ["developer_token", "note", "region"]
    assert "canary" not in answer.text


def test_a_private_key_is_sealed(tenant: Tenant) -> None:
    app = {"type": "APP", "app_id": "1", "app_link": "https://a.example", "private_key": PEM}
    create(tenant, {"provider": "app-provider", "unique_key": "x", "credentials": app})
    assert SECRET_LINE not in tenant.stack.everything_stored()
    assert vault(tenant.stack).custom_secrets(stored(tenant)).private_key == PEM


def test_configuration_is_added_to_and_its_secrets_stay(tenant: Tenant) -> None:
    create(tenant, CONFIGURED)
    changes = {"integration_config": {"region": "us"}, "custom": {"more": "canary-secret-more"}}
    assert tenant.call("PATCH", "/integrations/x", changes).status == 200
    integration, opened = stored(tenant), vault(tenant.stack)
    assert integration.integration_config == {"region": "us", "note": "public"}
    custom = opened.custom_secrets(integration)
    assert custom.integration_config == {"developer_token": "canary-secret-token"}
    assert custom.custom.keys() == {"anything", "more"}
    assert opened.client_secret(integration) == SECRET


def test_a_rename_takes_the_secrets_along(tenant: Tenant) -> None:
    create(tenant, CONFIGURED)
    assert tenant.call("PATCH", "/integrations/x", {"unique_key": "y"}).status == 200
    integration, opened = stored(tenant, "y"), vault(tenant.stack)
    assert opened.client_secret(integration) == SECRET
    assert opened.webhook_secret(integration) == WEBHOOK_SECRET
    assert opened.custom_secrets(integration).integration_config
    assert error_of(tenant.call("GET", "/integrations/x")) == (404, "not_found")
    assert len(tenant.stack.items("IntegrationsTable")) == 1


@pytest.mark.parametrize(
    "attribute", ["sealed_client_secret", "sealed_webhook_secret", "sealed_custom"]
)
def test_a_sealed_secret_copied_elsewhere_does_not_unseal(tenant: Tenant, attribute: str) -> None:
    create(tenant, CONFIGURED)
    create(tenant, {**CONFIGURED, "unique_key": "y"})
    copied, target = getattr(stored(tenant), attribute), stored(tenant, "y")
    store(tenant).update(replace(target, **{attribute: copied}), replaces=target)
    answer = tenant.call("GET", "/integrations/y?include=credentials")
    assert error_of(answer) == (500, "seal_error")


def test_one_secret_of_an_integration_is_not_taken_for_another(tenant: Tenant) -> None:
    create(tenant, CONFIGURED)
    swapped = replace(stored(tenant), sealed_webhook_secret=stored(tenant).sealed_client_secret)
    with pytest.raises(SealError):
        vault(tenant.stack).webhook_secret(swapped)


@pytest.mark.parametrize(
    ("scopes", "answer"),
    [
        (["read"], (403, "forbidden")),
        (["read", "list_credentials"], (403, "forbidden")),
        (["read_credentials"], None),
        (["*"], None),
    ],
)
def test_credentials_are_for_keys_that_may_read_them(
    tenant: Tenant, scopes: list[str], answer: tuple[int, str] | None
) -> None:
    create(tenant, CONFIGURED)
    key = tenant.key_with(*(f"environment:integrations:{scope}" for scope in scopes))
    read = call(tenant.stack, key, "GET", "/integrations/x?include=credentials")
    if answer is None:
        assert read.json()["data"]["credentials"]["client_secret"] == SECRET
    else:
        assert error_of(read) == answer
        assert "canary" not in read.text
        assert "environment:integrations:read_credentials" in read.text
    without = call(tenant.stack, key, "GET", "/integrations/x")
    assert without.status == 200
    assert "canary" not in without.text


def test_without_kms_nothing_is_written(tenant: Tenant) -> None:
    tenant.stack.set(CREDENTIALS_KEY_ARN="arn:aws:kms:us-east-1:123456789012:key/none")
    answer = tenant.call("POST", "/integrations", CONFIGURED)
    assert error_of(answer)[0] == 500
    assert tenant.stack.items("IntegrationsTable") == []
    assert tenant.stack.denials, "the refusal that this test is about"
    tenant.stack.denials.clear()
