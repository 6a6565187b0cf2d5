"""An integration whose provider left the catalog is listed, read, changed and deleted as others."""

import pytest

from tests.support.calls import problem_of
from tests.support.tenant import Tenant


@pytest.fixture
def orphaned(tenant: Tenant) -> Tenant:
    tenant.integrate("orphan", provider="github")
    tenant.integrate("whole", provider="github")
    key = {"environment_id": tenant.environment_id, "integration_id": "orphan"}
    tenant.stack.update("IntegrationsTable", key, provider="left-the-catalog")
    return tenant


def test_the_list_goes_on(orphaned: Tenant) -> None:
    answer = orphaned.call("GET", "/integrations")
    assert answer.status == 200
    shown = {each["unique_key"]: each["display_name"] for each in answer.json()["data"]}
    assert shown.keys() == {"orphan", "whole"}
    assert shown["orphan"] == "left-the-catalog"


def test_it_can_be_read(orphaned: Tenant) -> None:
    answer = orphaned.call("GET", "/integrations/orphan?include=credentials")
    assert answer.status == 200
    assert answer.json()["data"]["credentials"] is None


def test_facts_can_be_changed_and_credentials_not(orphaned: Tenant) -> None:
    path = "/integrations/orphan"
    named = orphaned.call("PATCH", path, {"display_name": "Old friend"})
    assert named.json()["data"]["display_name"] == "Old friend"
    credentials = {"type": "OAUTH2", "client_id": "c", "client_secret": "canary-secret-new"}
    refused = orphaned.call("PATCH", path, {"credentials": credentials})
    assert problem_of(refused) == ("custom", ["provider"])


def test_it_can_be_renamed_and_deleted(orphaned: Tenant) -> None:
    renamed = orphaned.call("PATCH", "/integrations/orphan", {"unique_key": "renamed"})
    assert renamed.status == 200, renamed.text
    assert orphaned.call("DELETE", "/integrations/renamed").status == 200
    keys = [item["integration_id"] for item in orphaned.stack.items("IntegrationsTable")]
    assert keys == ["whole"]
