"""Each answer that docs/api/openapi.yaml states is given, and looks as it says."""

import importlib

import pytest

from tests.contract import refusals
from tests.contract.cases.registry import CASES
from tests.contract.document import OPERATIONS, ROOT
from tests.contract.world import Seen, World

CASE_MODULES = (
    "authorization",
    "connections",
    "credentials",
    "environments",
    "imports",
    "integrations",
    "pages",
    "preflights",
    "provider_webhooks",
    "proxy",
    "sessions",
)
for _name in CASE_MODULES:
    importlib.import_module(f"tests.contract.cases.{_name}")

REFUSED = {key: found for key in OPERATIONS if (found := set(refusals.refusals(OPERATIONS[key])))}

SHOWN_ELSEWHERE = {
    Seen("ANY /proxy/{path+}", 504, "upstream_timeout"): (
        "tests/integration/proxy/test_answers_pass_as_they_are.py"
    ),
    Seen("POST /environment/webhook-signing-key/rotate", 409, "conflict"): (
        "tests/integration/store/test_environment_rows_hold_under_races.py"
    ),
    Seen("PATCH /integrations/{integration_id}", 409, "conflict"): (
        "tests/integration/store/test_integration_rows_hold_under_races.py"
    ),
    Seen("DELETE /integrations/{integration_id}", 409, "deletion_unfinished"): (
        "tests/integration/integrations/test_deletion_takes_connections_along.py"
    ),
}
"""Answers that take a race, hundreds of connections or half a minute."""


def documented() -> set[Seen]:
    """Every status of every operation, and every code of those that have some."""
    return {
        Seen(operation.key, status, code)
        for operation in OPERATIONS.values()
        for status in operation.statuses
        for code in operation.answer(status).codes or ("",)
    }


def test_no_documented_answer_goes_unshown() -> None:
    shown = set(CASES).union(SHOWN_ELSEWHERE, *REFUSED.values())

    assert sorted(map(str, documented() - shown)) == []
    assert sorted(map(str, shown - documented())) == []


def test_what_is_shown_elsewhere_is_there() -> None:
    assert [path for path in SHOWN_ELSEWHERE.values() if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("wanted", CASES, ids=lambda seen: f"{seen.key} {seen.status} {seen.code}")
def test_the_documented_answer_is_given(world: World, wanted: Seen) -> None:
    CASES[wanted](world)

    assert wanted in world.seen


@pytest.mark.parametrize("key", REFUSED)
def test_the_documented_refusals_are_given(world: World, key: str) -> None:
    for wanted in REFUSED[key]:
        refusals.provoke(world, OPERATIONS[key], wanted)

    assert REFUSED[key] <= set(world.seen)


def test_an_unexpected_error_shows_a_reference_and_nothing_else(world: World) -> None:
    world.stack.put("ConnectionsTable", {"pk": f"{world.tenant.environment_id}#test#c1"})

    answer = world.ask("GET", "/connections/c1?provider_config_key=test")

    assert answer.status == 500
    error = answer.json()["error"]
    assert error["message"] == f"Something went wrong. Reference: {error['payload']}"
