"""What is sent leaves no room for request smuggling (RFC 9112 §11.2) or header injection."""

import pytest

from carrick.errors import EgressRefusedError
from carrick.models.http import OutboundRequest
from carrick.transport.guard import Target
from carrick.transport.message import request_bytes

TARGET = Target("a.example", 443, "https", "/token?x=1")


def written(
    method: str = "POST", headers: dict[str, str] | None = None, body: bytes = b"k=v"
) -> bytes:
    request = OutboundRequest(method, "https://a.example/token?x=1", headers or {}, body)
    return request_bytes(request, TARGET, user_agent="Carrick")


def test_request_is_written_byte_for_byte() -> None:
    assert written(headers={"Authorization": "Basic abc", "X-Name": "caf\xe9"}) == (
        b"POST /token?x=1 HTTP/1.1\r\n"
        b"Host: a.example\r\n"
        b"User-Agent: Carrick\r\n"
        b"Authorization: Basic abc\r\n"
        b"X-Name: caf\xe9\r\n"
        b"Accept-Encoding: gzip\r\n"
        b"Connection: close\r\n"
        b"Content-Length: 3\r\n"
        b"\r\n"
        b"k=v"
    )


def test_a_user_agent_of_the_caller_replaces_ours() -> None:
    sent = written(headers={"user-agent": "Theirs"})
    assert b"user-agent: Theirs\r\n" in sent
    assert b"Carrick" not in sent


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", b"", None),
        ("HEAD", b"", None),
        ("OPTIONS", b"", None),
        ("DELETE", b"", None),
        ("PROPFIND", b"", None),
        ("POST", b"", b"0"),
        ("PUT", b"", b"0"),
        ("PATCH", b"", b"0"),
        ("DELETE", b"{}", b"2"),
        ("PROPFIND", b"<x/>", b"4"),
        ("REPORT", b"<x/>", b"4"),
    ],
)
def test_content_length_says_what_follows(method: str, body: bytes, length: bytes | None) -> None:
    head, _, sent_body = written(method, body=body).partition(b"\r\n\r\n")
    assert sent_body == body
    assert head.startswith(method.encode() + b" /token?x=1 HTTP/1.1\r\n")
    if length is None:
        assert b"content-length" not in head.lower()
    else:
        assert head.endswith(b"\r\nContent-Length: " + length)


@pytest.mark.parametrize(
    "method", ["", "get", "Post", "CONNECT", "TRACE", "GET ", "GET / HTTP/1.1\r\nX:", "POST\n", "*"]
)
def test_other_methods_are_refused(method: str) -> None:
    with pytest.raises(EgressRefusedError):
        written(method)


@pytest.mark.parametrize(
    "value",
    [
        "a\r\nX-Injected: 1",
        "a\nb",
        "a\rb",
        "a\r\n b",
        "a\n\tb",
        "\r\n",
        "a\x00b",
        "a\x0bb",
        "a\x1fb",
        "a\x7fb",
        "snow\u2603",
        "a\u2028b",
        "a\u010a",
    ],
)
def test_values_that_break_a_line_are_refused(value: str) -> None:
    with pytest.raises(EgressRefusedError):
        written(headers={"X-Name": value})


@pytest.mark.parametrize(
    "name", ["", " X", "X ", "X:", "X Y", "X\r\nY", "X\n", "X\x00", "X\tY", "Ünder", "X(Y)", "[X]"]
)
def test_names_that_are_no_tokens_are_refused(name: str) -> None:
    with pytest.raises(EgressRefusedError):
        written(headers={name: "1"})


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "host",
        "Content-Length",
        "CONTENT-LENGTH",
        "Transfer-Encoding",
        "transfer-encoding",
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Accept-Encoding",
    ],
)
def test_fields_that_frame_the_message_are_not_the_callers(name: str) -> None:
    with pytest.raises(EgressRefusedError):
        written(headers={name: "1"})


def test_one_field_in_two_spellings_is_refused() -> None:
    with pytest.raises(EgressRefusedError):
        written(headers={"Authorization": "Bearer a", "authorization": "Bearer b"})


def test_refusals_quote_neither_names_nor_values() -> None:
    for headers in ({"canary-secret\n": "x"}, {"X": "canary-secret\n"}, {"Host": "canary-secret"}):
        with pytest.raises(EgressRefusedError) as refusal:
            written(headers=headers)
        assert "canary-secret" not in repr(refusal.value)
