"""What a function returns is sent as API Gateway would send it."""

import base64
from typing import Any

import pytest

from local.events import to_response
from tests.support.stack import RunningStack


def test_status_headers_cookies_and_body() -> None:
    response = to_response(
        {
            "statusCode": 302,
            "headers": {"location": "/next", "content-type": "text/html"},
            "cookies": ["a=1; Secure", "b=2; HttpOnly"],
            "body": "é",
        }
    )
    assert response.status == 302
    assert response.headers == (
        ("location", "/next"),
        ("content-type", "text/html"),
        ("set-cookie", "a=1; Secure"),
        ("set-cookie", "b=2; HttpOnly"),
    )
    assert response.body == "é".encode()


def test_a_body_in_base64_is_decoded() -> None:
    image = b"\x89PNG\x00\xff"
    text = base64.b64encode(image).decode()
    answer = {"statusCode": 200, "body": text, "isBase64Encoded": True}
    assert to_response(answer).body == image


@pytest.mark.parametrize("answer", [{"ok": True}, "text", None])
def test_an_answer_without_a_status_is_json(answer: Any) -> None:
    response = to_response(answer)
    assert response.status == 200
    assert ("content-type", "application/json") in response.headers


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": "no"},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["not", "a", "mapping"]},
    ],
)
def test_what_cannot_be_sent_is_an_internal_error(answer: Any) -> None:
    response = to_response(answer)
    assert response.status == 500
    assert response.body == b'{"message":"Internal Server Error"}'


def test_an_unknown_path_is_answered_by_the_callback_api_as_aws_does(stack: RunningStack) -> None:
    response = stack.http("GET", "/nothing-here", api="CallbackHttpApi")
    assert (response.status, response.json()) == (404, {"message": "Not Found"})
