import pytest

from carrick.domain.connect_sessions import derived_tags
from carrick.errors import InvalidRequestError

PERSON = {"id": "u1", "email": "a@b.co", "display_name": "Ada"}
COMPANY = {"id": "o1", "display_name": "Engines"}
FIVE = {
    "end_user_id": "u1",
    "end_user_email": "a@b.co",
    "end_user_display_name": "Ada",
    "organization_id": "o1",
    "organization_display_name": "Engines",
}


def numbered(count: int, prefix: str = "t") -> dict[str, str]:
    return {f"{prefix}{n}": "x" for n in range(count)}


@pytest.mark.parametrize(
    ("person", "company", "tags", "derived"),
    [
        (None, None, None, {}),
        (None, None, {}, {}),
        (PERSON, COMPANY, None, FIVE),
        ({"id": "u1"}, None, {"plan": "pro"}, {"end_user_id": "u1", "plan": "pro"}),
        ({"id": "u1", "email": None, "display_name": ""}, None, None, {"end_user_id": "u1"}),
        (None, COMPANY, {}, {k: v for k, v in FIVE.items() if k.startswith("organization")}),
        ({"id": "u1"}, None, {"end_user_id": "mine"}, {"end_user_id": "mine"}),
        ({"id": "u1", "tags": {"a": "x"}}, None, {"a": "y"}, {"end_user_id": "u1", "a": "y"}),
        ({"id": "u1", "display_name": "n" * 300}, None, None,
         {"end_user_id": "u1", "end_user_display_name": "n" * 255}),
    ],
)  # fmt: skip
def test_who_connects_becomes_tags_under_the_explicit_ones(
    person: dict[str, object] | None,
    company: dict[str, object] | None,
    tags: dict[str, str] | None,
    derived: dict[str, str],
) -> None:
    assert derived_tags(person, company, tags) == derived


@pytest.mark.parametrize("key", ["", "1a", "a b", "a#b", "ä", "x" * 65, "_a", "a\n"])
def test_a_persons_own_tags_that_cannot_be_tags_are_left_out(key: str) -> None:
    person = {"id": "u1", "tags": {key: "x", "Team": "blue", "empty": ""}}
    assert derived_tags(person, None, None) == {"end_user_id": "u1", "team": "blue"}


def test_a_persons_own_tags_are_dropped_where_there_is_no_room() -> None:
    person = {**PERSON, "tags": numbered(6)}
    assert derived_tags(person, COMPANY, None) == FIVE
    assert derived_tags({"id": "u1", "tags": numbered(9)}, None, {"b": "x"}) == {
        "end_user_id": "u1",
        "b": "x",
    }


def test_ten_are_the_most() -> None:
    assert len(derived_tags({"id": "u1"}, None, numbered(9))) == 10
    with pytest.raises(InvalidRequestError):
        derived_tags({"id": "u1"}, None, numbered(10))
