"""A body that will not do is answered with codes, messages and paths, never with its values."""

import base64
import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from carrick.edge.bodies import MAX_DEPTH, parse_body
from carrick.edge.http import Request
from carrick.errors import (
    CarrickError,
    InvalidRequestError,
    PayloadTooLargeError,
    ValidationFailedError,
)
from carrick.models.fields import Body, ShortText

CANARY = "canary-secret-in-a-body"


class Circle(Body):
    type: Literal["circle"]
    radius: int = Field(ge=1, le=9)


class Named(Body):
    type: Literal["named"]
    name: ShortText


class Drawing(Body):
    title: ShortText
    shape: Annotated[Circle | Named, Field(discriminator="type")] = None
    words: list[ShortText] = []
    labels: dict[str, ShortText] = {}


def request(body: str | bytes | None) -> Request:
    event: dict[str, Any] = {"body": body}
    if isinstance(body, bytes):
        event = {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return Request(event, "POST /drawings", {}, None, "https://connect.example.com")


def problems(body: Any) -> list[dict[str, Any]]:
    with pytest.raises(ValidationFailedError) as raised:
        parse_body(request(json.dumps(body)), Drawing)
    assert raised.value.code == "invalid_body"
    assert CANARY not in json.dumps(raised.value.errors)
    return raised.value.errors


def test_a_good_body_becomes_a_model() -> None:
    body = {"title": "Ein Kreis · 円", "shape": {"type": "circle", "radius": 3}}
    drawing = parse_body(request(json.dumps(body, ensure_ascii=False)), Drawing)
    assert drawing.given() == body


def test_a_body_may_come_in_base64() -> None:
    assert parse_body(request(b'{"title":"x"}'), Drawing).title == "x"


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({}, "invalid_type", ["title"]),
        ({"title": None}, "invalid_type", ["title"]),
        ({"title": 5}, "invalid_type", ["title"]),
        ({"title": ""}, "too_small", ["title"]),
        ({"title": CANARY * 20}, "too_big", ["title"]),
        ({"title": "x", CANARY[:6]: CANARY}, "unrecognized_keys", []),
        ({"title": "x", "shape": None}, "invalid_type", ["shape"]),
        ({"title": "x", "shape": CANARY}, "invalid_type", ["shape"]),
        ({"title": "x", "shape": {}}, "invalid_union", ["shape"]),
        ({"title": "x", "shape": {"type": CANARY}}, "invalid_union", ["shape"]),
        ({"title": "x", "shape": {"type": "circle"}}, "invalid_type", ["shape", "radius"]),
        (
            {"title": "x", "shape": {"type": "circle", "radius": 0}},
            "too_small",
            ["shape", "radius"],
        ),
        (
            {"title": "x", "shape": {"type": "circle", "radius": "3"}},
            "invalid_type",
            ["shape", "radius"],
        ),
        (
            {"title": "x", "shape": {"type": "circle", "radius": 3, "name": CANARY}},
            "unrecognized_keys",
            ["shape"],
        ),
        ({"title": "x", "words": ["a", "", "c"]}, "too_small", ["words", "1"]),
        ({"title": "x", "words": {"0": CANARY}}, "invalid_type", ["words"]),
        ({"title": "x", "labels": {"a": "b", "c": 1}}, "invalid_type", ["labels", "c"]),
        ([CANARY], "invalid_type", []),
        (CANARY, "invalid_type", []),
        (None, "invalid_type", []),
    ],
)
def test_a_problem_has_a_code_and_a_path(body: Any, code: str, path: list[str]) -> None:
    (problem,) = problems(body)
    assert (problem["code"], problem["path"]) == (code, path)
    assert problem["message"]


def test_every_problem_is_told_but_not_without_end() -> None:
    body = {"title": "", **{f"unknown{number}": 1 for number in range(500)}}
    assert 2 <= len(problems(body)) <= 20


def nested(depth: int) -> str:
    return '{"title":"x","labels":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        CANARY,
        '{"title":"x"} {"title":"y"}',
        '{"title":"x","title":"y"}',
        '{"title":"x","labels":{"a":"b","a":"c"}}',
        '{"title":NaN}',
        '{"title":Infinity}',
        '{"title":"\\ud800"}',
        '{"title":"x","labels":{"\\udfff":"y"}}',
        '{"title":' + "9" * 5000 + "}",
        nested(MAX_DEPTH + 1),
        nested(50_000),
        b"\xff\xfe{}",
        b'{"title":"\xed\xa0\x80"}',
    ],
)
def test_what_is_no_plain_json_is_refused_as_such(body: str | bytes) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        parse_body(request(body), Drawing)
    assert raised.value.code == "invalid_json"
    assert CANARY not in raised.value.message


def test_the_deepest_body_is_still_read() -> None:
    with pytest.raises(ValidationFailedError):
        parse_body(request(nested(MAX_DEPTH)), Drawing)


@pytest.mark.parametrize("pad", ["x", "é"])
def test_a_body_over_256_kib_is_refused(pad: str) -> None:
    frame = len(json.dumps({"title": "x", "words": [""]}))
    room = (256 * 1024 - frame) // len(pad.encode())
    fits = json.dumps({"title": "x", "words": [pad * room]}, ensure_ascii=False)
    with pytest.raises(ValidationFailedError):
        parse_body(request(fits), Drawing)
    with pytest.raises(PayloadTooLargeError):
        parse_body(request(fits.replace("x", "x" * 8)), Drawing)


@pytest.mark.parametrize("body", [None, ""])
def test_an_optional_body_may_be_absent(body: str | None) -> None:
    class Options(Body):
        count: int = 3

    assert parse_body(request(body), Options, optional=True).count == 3


def test_no_error_holds_the_body_in_its_chain() -> None:
    for body in (f'{{"title":"{CANARY}","no":1}}', f'{{"{CANARY}'):
        with pytest.raises(CarrickError) as raised:
            parse_body(request(body), Drawing)
        assert raised.value.__cause__ is None
        assert CANARY not in repr(raised.value)
