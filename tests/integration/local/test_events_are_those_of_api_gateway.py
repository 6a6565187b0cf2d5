"""The event that a function gets is what API Gateway makes of the same request."""

import base64
from typing import Any

import pytest

from local.events import to_event
from local.http_messages import HttpRequest
from local.resources import Route

ROUTE = Route("HttpApi", "POST", "/things/{id}", "things")
FORM = "application/x-www-form-urlencoded"


def event_of(
    target: str = "/things/1", headers: tuple[tuple[str, str], ...] = (), body: bytes = b""
) -> dict[str, Any]:
    request = HttpRequest("POST", target, (("Host", "localhost:8400"), *headers), body)
    return to_event(request, ROUTE, {"id": "1"})


def test_a_whole_event() -> None:
    event = event_of(
        "/things/1?a=1", (("User-Agent", "curl/8"), ("Content-Type", "application/json")), b"{}"
    )
    context = event.pop("requestContext")
    assert event == {
        "version": "2.0",
        "routeKey": "POST /things/{id}",
        "rawPath": "/things/1",
        "rawQueryString": "a=1",
        "headers": {
            "host": "localhost:8400",
            "user-agent": "curl/8",
            "content-type": "application/json",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "8400",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"a": "1"},
        "pathParameters": {"id": "1"},
        "body": "{}",
        "isBase64Encoded": False,
    }
    assert context["http"] == {
        "method": "POST",
        "path": "/things/1",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "curl/8",
    }
    assert context["routeKey"] == "POST /things/{id}"
    assert context["stage"] == "$default"
    assert context["requestId"] != event_of()["requestContext"]["requestId"]


def test_what_a_request_does_not_have_is_absent() -> None:
    event = event_of()
    assert not {"cookies", "queryStringParameters", "body"} & set(event)
    assert event["rawQueryString"] == ""


def test_the_query_is_kept_byte_for_byte() -> None:
    raw = "code=a%2Fb+c&state=x%20y&state=z&empty=&%C3%A9=%E2%82%AC&plus=%2B"
    event = event_of(f"/things/1?{raw}")
    assert event["rawQueryString"] == raw
    assert event["queryStringParameters"] == {
        "code": "a/b c",
        "state": "x y,z",
        "empty": "",
        "é": "€",
        "plus": "+",
    }


def test_the_path_is_decoded() -> None:
    event = event_of("/things/a%20b%2Fc")
    assert event["rawPath"] == "/things/a b/c"
    assert event["requestContext"]["http"]["path"] == "/things/a b/c"


def test_headers_given_twice_are_joined_and_in_lower_case() -> None:
    event = event_of(headers=(("X-Thing", "1"), ("x-thing", "2"), ("X-OTHER", "a, b")))
    assert event["headers"]["x-thing"] == "1,2"
    assert event["headers"]["x-other"] == "a, b"


def test_cookies_are_a_list_and_no_header() -> None:
    event = event_of(headers=(("Cookie", "a=1; b=x=y"), ("Cookie", "c=3")))
    assert event["cookies"] == ["a=1", "b=x=y", "c=3"]
    assert "cookie" not in event["headers"]


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "text/plain", "application/xml"],
)
def test_text_comes_as_text(content_type: str) -> None:
    event = event_of(headers=(("content-type", content_type),), body="é".encode())
    assert (event["body"], event["isBase64Encoded"]) == ("é", False)


@pytest.mark.parametrize("content_type", [FORM, "application/octet-stream", "image/png", ""])
def test_all_else_comes_in_base64(content_type: str) -> None:
    body = b"code=1&state=2\x00\xff"
    headers = (("content-type", content_type),) if content_type else ()
    event = event_of(headers=headers, body=body)
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == body


def test_a_client_cannot_say_where_it_is() -> None:
    event = event_of(headers=(("X-Forwarded-For", "203.0.113.9"),))
    assert event["headers"]["x-forwarded-for"] == "127.0.0.1"
