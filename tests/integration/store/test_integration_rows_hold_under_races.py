"""IntegrationStore's guarantees when several writers come at once, and between look-alike ids."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from carrick.errors import ConflictError
from carrick.models.integration import Integration
from carrick.store.integrations import IntegrationStore
from tests.support.stack import RunningStack

THREADS = 8


@pytest.fixture
def store(stack: RunningStack) -> IntegrationStore:
    table = stack.aws.table_name("IntegrationsTable")
    return IntegrationStore(stack.aws.client("dynamodb"), table)


def integration(environment_id: str, integration_id: str) -> Integration:
    return Integration(
        environment_id=environment_id,
        integration_id=integration_id,
        provider="github",
        created_at=1.5,
        updated_at=1.5,
        display_name="Name",
        client_id="client",
        sealed_client_secret=b"sealed \x00 client",
        scopes=("a", "b"),
        callback_url="https://you.example/callback",
        sealed_webhook_secret=b"sealed webhook",
        forward_webhooks=False,
        allowed_hosts=("git.example.com",),
        custom={"app_id": "1"},
        integration_config={"region": "eu"},
        sealed_custom=b"sealed custom",
    )


def winners(actions: list[Callable[[], object]]) -> int:
    """How many of these got through; each of the others met a conflict."""

    def run(action: Callable[[], object]) -> int:
        try:
            action()
        except ConflictError:
            return 0
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(run, actions))


def test_what_is_stored_is_read(store: IntegrationStore) -> None:
    for written in (integration("e", "x"), Integration("e", "y", "github", 1.0, 1.0)):
        store.create(written)
        assert store.get("e", written.integration_id) == written


def test_a_list_holds_no_secret(store: IntegrationStore) -> None:
    store.create(integration("e", "x"))
    (listed,) = store.list("e")
    assert listed == replace(
        integration("e", "x"),
        sealed_client_secret=b"",
        sealed_webhook_secret=b"",
        sealed_custom=b"",
    )


def test_one_of_many_takes_an_id(store: IntegrationStore) -> None:
    written = integration("e", "x")
    assert winners([lambda: store.create(written)] * THREADS) == 1


def test_of_many_changes_to_one_state_one_is_stored(store: IntegrationStore) -> None:
    before = integration("e", "x")
    store.create(before)

    def change(n: int) -> None:
        after = replace(before, display_name=f"name {n}", updated_at=2.0 + n)
        store.update(after, replaces=before)

    assert winners([lambda n=n: change(n) for n in range(THREADS)]) == 1


def test_a_change_does_not_bring_a_deleted_one_back(store: IntegrationStore) -> None:
    before = integration("e", "x")
    store.create(before)
    store.delete("e", "x")
    for integration_id in ("x", "y"):
        with pytest.raises(ConflictError):
            store.update(replace(before, integration_id=integration_id), replaces=before)
    assert store.list("e") == []


def test_of_many_renames_one_is_stored_and_nothing_doubles(store: IntegrationStore) -> None:
    before = integration("e", "x")
    store.create(before)

    def rename(n: int) -> None:
        store.update(replace(before, integration_id=f"y{n}", updated_at=3.0), replaces=before)

    assert winners([lambda n=n: rename(n) for n in range(THREADS)]) == 1
    (left,) = store.list("e")
    assert left.integration_id.startswith("y")


def test_a_rename_onto_a_taken_id_says_so(store: IntegrationStore) -> None:
    before = integration("e", "x")
    store.create(before)
    store.create(integration("e", "y"))
    with pytest.raises(ConflictError) as raised:
        store.update(replace(before, integration_id="y"), replaces=before)
    assert raised.value.code == "unique_key_taken"
    assert [each.integration_id for each in store.list("e")] == ["x", "y"]


def test_look_alike_environments_are_apart(store: IntegrationStore) -> None:
    for environment_id in ("a", "ab", "a#b"):
        store.create(integration(environment_id, "x"))
        store.create(integration(environment_id, f"only-{environment_id}"))
    assert [each.integration_id for each in store.list("a")] == ["only-a", "x"]
    assert store.existing("a", ["x", "only-a", "only-ab", "b#x"]) == {"x", "only-a"}
    assert store.get("a", "only-ab") is None
    store.delete("a", "x")
    store.delete("a", "only-a")
    assert not store.has_any("a")
    assert store.has_any("ab")
    assert store.has_any("a#b")


def test_existing_asks_for_any_number_of_ids(store: IntegrationStore) -> None:
    for n in range(0, 250, 50):
        store.create(integration("e", f"i{n}"))
    asked = [f"i{n}" for n in range(250)] * 2
    assert store.existing("e", asked) == {f"i{n}" for n in range(0, 250, 50)}
    assert store.existing("e", []) == set()
