"""Python values through DynamoDB's attributes and back, and keys of several parts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrick.store.items import (
    FORMAT,
    UnknownFormatError,
    check_format,
    composite,
    from_attribute,
    from_item,
    to_attribute,
    to_item,
)

TIMES = st.floats(0, 4_102_444_800, allow_nan=False)
VALUES = st.recursive(
    st.booleans() | st.text() | st.binary() | st.integers(-(10**15), 10**15) | TIMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(VALUES)
def test_any_value_comes_back(value: Any) -> None:
    found = from_attribute(to_attribute(value))
    assert found == value
    assert type(found) is type(value)


@settings(deadline=None)
@given(TIMES)
def test_a_time_keeps_every_bit_within_the_digits_that_dynamodb_keeps(time: float) -> None:
    text = to_attribute(time)["N"]
    digits = text.replace(".", "").partition("e")[0].lstrip("0")
    assert len(digits) <= 38
    assert float(text) == time


@pytest.mark.parametrize(
    ("stored", "value"),
    [("1700000000", 1_700_000_000), ("1700000000.5", 1_700_000_000.5), ("1E+3", 1000.0), ("0", 0)],
)
def test_numbers_are_read_as_dynamodb_writes_them(stored: str, value: float) -> None:
    assert from_attribute({"N": stored}) == value


def test_what_is_none_is_not_there() -> None:
    assert to_item({"a": None, "b": "", "c": b"", "d": {}, "e": (), "f": {"g": None}}) == {
        "b": {"S": ""},
        "c": {"B": b""},
        "d": {"M": {}},
        "e": {"L": []},
        "f": {"M": {}},
    }
    assert from_item({}) == {}


@pytest.mark.parametrize("value", [object(), {1, 2}, [None]])
def test_what_dynamodb_cannot_hold_is_an_error_here(value: Any) -> None:
    with pytest.raises(TypeError):
        to_attribute(value)


@pytest.mark.parametrize("parts", [("a#b",), ("a", "b#"), ("a\x00",)])
def test_no_part_of_a_key_can_be_taken_for_two(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="separator"):
        composite(*parts)


@pytest.mark.parametrize("version", [FORMAT, FORMAT - 1])
def test_this_format_and_the_last_are_read(version: int) -> None:
    check_format({"format": version})


@pytest.mark.parametrize("values", [{}, {"format": FORMAT + 1}, {"format": "1"}, {"format": None}])
def test_any_other_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(UnknownFormatError):
        check_format(values)
