"""EnvironmentStore's guarantees when several writers come at once, and between look-alike ids."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from carrick.errors import CarrickError, ConflictError, InvalidRequestError, NotFoundError
from carrick.models.environment import ApiKey, Environment, SigningKey
from carrick.store.environments import MAX_API_KEYS, EnvironmentStore
from tests.support.stack import RunningStack

THREADS = 8


@pytest.fixture
def store(stack: RunningStack) -> EnvironmentStore:
    table = stack.aws.table_name("EnvironmentsTable")
    return EnvironmentStore(stack.aws.client("dynamodb"), table)


def environment(environment_id: str, name: str) -> Environment:
    return Environment(environment_id, name, 1.0, signing_keys=(SigningKey(b"sealed", 1.0),))


def key(environment_id: str, key_id: str) -> ApiKey:
    return ApiKey(environment_id, key_id, "name", "hash", ("environment:*",), 1.0)


def outcomes(actions: list[Callable[[], object]]) -> list[type[CarrickError] | None]:
    """What became of each, all begun at once."""

    def run(action: Callable[[], object]) -> type[CarrickError] | None:
        try:
            action()
        except CarrickError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, actions))


def test_one_of_many_takes_a_name(store: EnvironmentStore) -> None:
    found = outcomes(
        [
            lambda n=n: store.create(environment(f"e{n}", "dev"), key(f"e{n}", "k"))
            for n in range(THREADS)
        ]
    )
    assert sorted(map(str, found)) == sorted([str(ConflictError)] * (THREADS - 1) + ["None"])
    assert [each.name for each in store.list()] == ["dev"]


def test_one_of_many_renames_to_a_name_and_every_name_leads_somewhere(
    store: EnvironmentStore,
) -> None:
    made = [environment(f"e{n}", f"name-{n}") for n in range(THREADS)]
    for each in made:
        store.create(each, key(each.environment_id, "k"))
    found = outcomes([lambda each=each: store.update(each, name="prod") for each in made])
    assert found.count(None) == 1
    names = {each.name for each in store.list()}
    assert len(names) == THREADS
    winner = store.find("prod")
    assert winner is not None
    assert store.find(f"name-{winner.environment_id[1:]}") is None


def test_a_rename_of_what_was_renamed_meanwhile_is_refused(store: EnvironmentStore) -> None:
    before = environment("e", "first")
    store.create(before, key("e", "k"))
    store.update(before, name="second")
    with pytest.raises(ConflictError):
        store.update(before, name="third")
    assert [each.name for each in store.list()] == ["second"]
    assert store.find("first") is None
    assert store.find("third") is None


def test_the_last_place_for_a_key_is_given_once(store: EnvironmentStore) -> None:
    store.create(environment("e", "dev"), key("e", "k0"))
    for n in range(1, MAX_API_KEYS - 1):
        store.put_api_key(key("e", f"k{n}"))
    found = outcomes([lambda n=n: store.put_api_key(key("e", f"late{n}")) for n in range(THREADS)])
    assert found.count(None) == 1
    assert found.count(InvalidRequestError) == THREADS - 1
    assert len(store.list_api_keys("e")) == MAX_API_KEYS


def test_a_key_is_deleted_once(store: EnvironmentStore) -> None:
    store.create(environment("e", "dev"), key("e", "k"))
    found = outcomes([lambda: store.delete_api_key("e", "k")] * THREADS)
    assert found.count(None) == 1
    assert found.count(NotFoundError) == THREADS - 1
    store.delete(environment("e", "dev"))
    assert store.list() == []


def test_no_key_outlives_its_environment(store: EnvironmentStore, stack: RunningStack) -> None:
    store.create(environment("e", "dev"), key("e", "k"))
    with ThreadPoolExecutor(2) as pool:
        deletion = pool.submit(outcomes, [lambda: store.delete(environment("e", "dev"))] * 3)
        outcomes([lambda n=n: store.put_api_key(key("e", f"k{n}")) for n in range(20)])
        deletion.result()
    left = {item["sk"] for item in stack.items("EnvironmentsTable")}
    assert left == set() or {"environment", "name#dev"} <= left


def test_one_of_many_rotations_wins(store: EnvironmentStore) -> None:
    before = environment("e", "dev")
    store.create(before, key("e", "k"))
    found = outcomes(
        [
            lambda n=n: store.replace_signing_keys(
                before, [SigningKey(b"new%d" % n, 2.0), *before.signing_keys]
            )
            for n in range(THREADS)
        ]
    )
    assert found.count(None) == 1
    after = store.get("e")
    assert after is not None
    assert len(after.signing_keys) == 2


def test_look_alike_environments_are_apart(store: EnvironmentStore) -> None:
    for environment_id in ("a", "ab", "a#b"):
        store.create(environment(environment_id, environment_id), key(environment_id, "k"))
        store.put_api_key(key(environment_id, f"only-{environment_id}"))
    assert [each.key_id for each in store.list_api_keys("a")] == ["k", "only-a"]
    assert store.get_api_key("a", "only-ab") is None
    assert store.get_api_key("a", "b") is None
    store.delete(environment("a", "a"))
    assert store.get("a") is None
    assert store.get_api_key("a", "k") is None
    assert [each.key_id for each in store.list_api_keys("ab")] == ["k", "only-ab"]
    assert store.get("a#b") is not None


def test_the_rows_of_names_cannot_be_read_as_an_environment(store: EnvironmentStore) -> None:
    store.create(environment("e", "environment"), key("e", "k"))
    store.create(environment("f", "key"), key("f", "k"))
    assert store.get("names") is None
    assert store.list_api_keys("names") == []
    assert store.find("environment") is not None
