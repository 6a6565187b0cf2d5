"""Webhook signing keys: the new one signs at once, the old one beside it for as long as asked."""

import time
from datetime import datetime

import pytest

from carrick.models.environment import SigningKey
from carrick.store.environments import EnvironmentStore
from tests.support.calls import call, error_of, problem_of
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

PATH = "/environment/webhook-signing-key/rotate"
DAY = 86_400


def rotate(tenant: Tenant, body: object = None) -> str:
    answer = tenant.call("POST", PATH, body)
    assert answer.status == 200, answer.text
    data = answer.json()["data"]
    assert data["expires_at"] is None
    return str(data["webhook_signing_key"])


def live(tenant: Tenant) -> list[dict[str, str]]:
    answer = tenant.root("GET", f"/environments/{tenant.environment_id}/webhook-signing-key")
    assert answer.status == 200
    return answer.json()["data"]


def texts(tenant: Tenant) -> list[str]:
    return [key["webhook_signing_key"] for key in live(tenant)]


def seconds_left(key: dict[str, str]) -> float:
    return datetime.fromisoformat(key["expires_at"]).timestamp() - time.time()


@pytest.mark.parametrize(
    ("body", "overlap"), [(None, DAY), ({}, DAY), ({"overlap_seconds": 30 * DAY}, 30 * DAY)]
)
def test_the_old_key_signs_beside_the_new_one(
    stack: RunningStack, body: object, overlap: int
) -> None:
    tenant = Tenant(stack)
    new = rotate(tenant, body)
    newest, old = live(tenant)
    assert [newest["webhook_signing_key"], old["webhook_signing_key"]] == [
        new,
        tenant.signing_key,
    ]
    assert newest["expires_at"] is None
    assert overlap - 60 < seconds_left(old) <= overlap


def test_without_overlap_every_older_key_stops(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    rotate(tenant)
    rotate(tenant)
    assert len(live(tenant)) == 3
    newest = rotate(tenant, {"overlap_seconds": 0})
    assert texts(tenant) == [newest]


def test_a_shorter_overlap_shortens_the_life_of_every_older_key(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    rotate(tenant, {"overlap_seconds": 30 * DAY})
    rotate(tenant, {"overlap_seconds": 3600})
    rotate(tenant, {"overlap_seconds": DAY})
    assert [round(seconds_left(key) / 3600) for key in live(tenant)[1:]] == [24, 1, 1]


def test_an_expired_key_signs_no_more(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    new = rotate(tenant)
    store = environment_store(stack)
    environment = store.get(tenant.environment_id)
    newest, old = environment.signing_keys
    past = SigningKey(old.sealed, old.created_at, time.time() - 1)
    store.replace_signing_keys(environment, [newest, past])
    assert texts(tenant) == [new]


def test_the_number_of_keys_that_sign_is_bounded(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    for _ in range(4):
        rotate(tenant)
    assert error_of(tenant.call("POST", PATH)) == (409, "too_many_signing_keys")
    assert len(live(tenant)) == 5
    rotate(tenant, {"overlap_seconds": 0})
    assert len(live(tenant)) == 1


def test_of_two_rotations_at_once_one_is_refused(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    store = environment_store(stack)
    read_before = store.get(tenant.environment_id)
    new = rotate(tenant)
    with pytest.raises(Exception, match="changed in the meantime"):
        store.replace_signing_keys(read_before, [SigningKey(b"other", 1.0)])
    assert texts(tenant)[0] == new


def test_signing_keys_are_stored_sealed(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    keys = [tenant.signing_key, rotate(tenant)]
    stored = stack.everything_stored()
    assert not any(key.removeprefix("whsec_") in stored for key in keys)


def test_a_signing_key_copied_to_another_environment_does_not_unseal(
    stack: RunningStack,
) -> None:
    victim, thief = Tenant(stack, "victim"), Tenant(stack, "thief")
    store = environment_store(stack)
    copied = store.get(victim.environment_id).signing_keys
    store.replace_signing_keys(store.get(thief.environment_id), copied)
    path = f"/environments/{thief.environment_id}/webhook-signing-key"
    answer = thief.root("GET", path)
    assert error_of(answer) == (500, "seal_error")
    assert "whsec_" not in answer.text


def test_rotation_is_for_the_keys_own_environment(stack: RunningStack) -> None:
    a, ab = Tenant(stack, "a"), Tenant(stack, "ab")
    rotate(a)
    assert texts(ab) == [ab.signing_key]


def test_rotation_needs_its_scope(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    answer = call(stack, tenant.key_with("environment:integrations:*"), "POST", PATH)
    assert error_of(answer) == (403, "forbidden")
    key = tenant.key_with("environment:webhook_signing_key:rotate")
    assert call(stack, key, "POST", PATH).status == 200
    assert error_of(call(stack, stack.root_key, "POST", PATH))[0] == 401


@pytest.mark.parametrize("overlap", [-1, 30 * DAY + 1, 1.5, "60", True, None, 10**30])
def test_the_overlap_is_a_number_of_seconds_up_to_thirty_days(
    stack: RunningStack, overlap: object
) -> None:
    tenant = Tenant(stack)
    answer: Response = tenant.call("POST", PATH, {"overlap_seconds": overlap})
    assert problem_of(answer)[1] == ["overlap_seconds"]
    assert texts(tenant) == [tenant.signing_key]


def environment_store(stack: RunningStack) -> EnvironmentStore:
    table = stack.aws.table_name("EnvironmentsTable")
    return EnvironmentStore(stack.aws.client("dynamodb"), table)
