import pytest

from carrick.edge.http import Request
from carrick.edge.parameters import choices, path_parameter
from carrick.edge.query import MAX_QUERY_BYTES
from carrick.errors import InvalidRequestError, PayloadTooLargeError, ValidationFailedError
from carrick.models.patterns import UNIQUE_KEY


def request(query: str = "", **path: str) -> Request:
    return Request({"rawQueryString": query}, "GET /x/{name}", path, None, "https://c.example")


@pytest.mark.parametrize("value", ["a", "My app:1@x.~-_", "x" * 255])
def test_a_path_parameter_that_fits(value: str) -> None:
    assert path_parameter(request(name=value), "name", UNIQUE_KEY) == value


@pytest.mark.parametrize("value", ["", "a/b", "a#b", "a\n", "\x00", "\u202ea", "x" * 256, "é"])
def test_and_one_that_does_not(value: str) -> None:
    with pytest.raises(ValidationFailedError) as raised:
        path_parameter(request(name=value), "name", UNIQUE_KEY)
    assert raised.value.code == "invalid_uri_params"
    assert [problem["path"] for problem in raised.value.errors] == [["name"]]


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("", set()),
        ("include=webhook", {"webhook"}),
        ("include=webhook&include=credentials&include=webhook", {"webhook", "credentials"}),
    ],
)
def test_choices_may_be_given_several_times(query: str, chosen: set[str]) -> None:
    assert choices(request(query), "include", "webhook", "credentials") == chosen


@pytest.mark.parametrize(
    "query", ["include=secrets", "include=", "other=webhook", "&".join(["include=webhook"] * 201)]
)
def test_other_choices_are_refused(query: str) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        choices(request(query), "include", "webhook", "credentials")
    assert raised.value.code == "invalid_query_params"


def test_a_query_over_its_limit_is_not_read() -> None:
    with pytest.raises(PayloadTooLargeError):
        choices(request("include=" + "x" * MAX_QUERY_BYTES), "include", "x")
