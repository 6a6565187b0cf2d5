"""No identifier can break a composite key, a path or a URL (contract §1.7)."""

import re
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from carrick.models import fields, patterns

KINDS = {
    "unique_key": (fields.UniqueKey, patterns.UNIQUE_KEY),
    "connection_id": (fields.ConnectionId, patterns.CONNECTION_ID),
    "provider": (fields.ProviderName, patterns.PROVIDER),
    "environment_name": (fields.EnvironmentName, patterns.ENVIRONMENT_NAME),
    "tag_key": (fields.TagKey, patterns.TAG_KEY),
}
BREAKERS = ["#", "a#b", "a\x00b", "a\nb", "ab\n", "\nab", "\u202eab", "ä", "a\u0301", "", "\uff05"]


def is_accepted(kind: Any, text: str) -> bool:
    try:
        return bool(TypeAdapter(kind).validate_python(text) == text)
    except ValidationError:
        return False


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("text", BREAKERS)
def test_separators_controls_and_other_scripts_are_refused(name: str, text: str) -> None:
    kind, pattern = KINDS[name]
    assert not is_accepted(kind, text)
    assert not re.fullmatch(pattern, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unique_key", "GitHub.prod~1:a@b _-"),
        ("connection_id", """a,.;:=+~[]|@${}"'\\/_ -z"""),
        ("provider", "google-drive_2"),
        ("environment_name", "dev_1-eu"),
        ("tag_key", "Team_a-b./c"),
    ],
)
def test_what_the_contract_allows_is_accepted_by_bodies_and_paths_alike(
    name: str, text: str
) -> None:
    kind, pattern = KINDS[name]
    assert is_accepted(kind, text)
    assert re.fullmatch(pattern, text)


@pytest.mark.parametrize("name", KINDS)
def test_lengths_end_where_the_contract_says(name: str) -> None:
    kind, pattern = KINDS[name]
    longest = "a" * (64 if name == "tag_key" else 255)
    assert is_accepted(kind, longest)
    assert re.fullmatch(pattern, longest)
    assert not is_accepted(kind, longest + "a")
    assert not re.fullmatch(pattern, longest + "a")


@pytest.mark.parametrize("text", [".", ".."])
def test_a_unique_key_is_never_a_step_in_a_path(text: str) -> None:
    assert not is_accepted(fields.UniqueKey, text)
