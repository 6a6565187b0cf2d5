from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrick.edge import query
from carrick.edge.query import MAX_PARAMETERS, MAX_QUERY_BYTES, parse_query
from carrick.errors import InvalidRequestError, PayloadTooLargeError

names = st.text(st.characters(exclude_characters="[]", codec="utf-8"), min_size=1, max_size=8)
values = st.text(st.characters(codec="utf-8"), max_size=8)


@pytest.mark.parametrize(
    "raw",
    [
        "params[subdomain]=acme&ws=1",
        "params%5Bsubdomain%5D=acme&ws=1",
        "params%5bsubdomain%5d=acme&ws=1",
    ],
)
def test_brackets_come_raw_and_encoded(raw: str) -> None:
    assert parse_query(raw) == {"params": {"subdomain": "acme"}, "ws": "1"}


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("", {}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("a=b+c%20d", {"a": "b c d"}),
        ("a=b%2Bc", {"a": "b+c"}),
        ("a=1;b=2", {"a": "1;b=2"}),
        ("a=%FF", {"a": "\ufffd"}),
        ("p[a][b]=1", {"p[a][b]": "1"}),
        ("p[]=1", {"p[]": "1"}),
        ("[a]=1", {"[a]": "1"}),
        ("user_scope=read,write", {"user_scope": "read,write"}),
        ("p[a]=1&p[b]=2", {"p": {"a": "1", "b": "2"}}),
    ],
)
def test_odd_forms_have_one_reading(raw: str, read: query.Query) -> None:
    assert parse_query(raw) == read


@pytest.mark.parametrize(
    "raw",
    [
        "state=a&state=b",
        "state=a&st%61te=b",
        "state=a&state=a",
        "state=&state",
        "p[a]=1&p[a]=2",
        "p[a]=1&p%5Ba%5D=2",
        "p=1&p[a]=2",
        "p[a]=1&p=2",
    ],
)
def test_a_name_that_is_given_twice_is_refused(raw: str) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        parse_query(raw)
    assert raised.value.code == "invalid_query_params"


def test_limits_are_just_there() -> None:
    parse_query("a=" + "b" * (MAX_QUERY_BYTES - 2))
    with pytest.raises(PayloadTooLargeError):
        parse_query("a=" + "b" * (MAX_QUERY_BYTES - 1))
    parse_query("&".join(f"a{n}=" for n in range(MAX_PARAMETERS)))
    with pytest.raises(InvalidRequestError):
        parse_query("&".join(f"a{n}=" for n in range(MAX_PARAMETERS + 1)))


@given(st.dictionaries(names, values, max_size=6))
def test_what_a_client_encodes_is_what_is_read(given_values: dict[str, str]) -> None:
    assert parse_query(urlencode(given_values)) == given_values


@given(st.dictionaries(names, values, min_size=1, max_size=6))
def test_groups_are_read_as_they_were_encoded(given_values: dict[str, str]) -> None:
    raw = "&".join(
        f"{quote(f'params[{name}]', safe='')}={quote(value, safe='')}"
        for name, value in given_values.items()
    )
    assert query.group(parse_query(raw), "params") == given_values


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(raw: str) -> None:
    try:
        read = parse_query(raw)
    except InvalidRequestError:
        return
    assert isinstance(read, dict)


def test_a_parameter_of_the_other_kind_is_refused() -> None:
    read = parse_query("params=1&ws[a]=2&flag=yes")
    for attempt in (
        lambda: query.group(read, "params"),
        lambda: query.text(read, "ws"),
        lambda: query.boolean(read, "flag"),
        lambda: query.only(read, "params", "ws"),
    ):
        with pytest.raises(InvalidRequestError) as raised:
            attempt()
        assert raised.value.code == "invalid_query_params"


@pytest.mark.parametrize(
    ("raw", "value"), [("", False), ("flag=", False), ("flag=false", False), ("flag=true", True)]
)
def test_booleans_are_true_or_false(raw: str, value: bool) -> None:
    assert query.boolean(parse_query(raw), "flag") is value


def test_refusals_do_not_repeat_long_names() -> None:
    name = "n" * 5_000
    with pytest.raises(InvalidRequestError) as raised:
        parse_query(f"{name}=1&{name}=2")
    assert len(raised.value.message) < 100
    with pytest.raises(InvalidRequestError) as raised:
        query.only(parse_query(f"{name}=1"))
    assert len(raised.value.message) < 100
