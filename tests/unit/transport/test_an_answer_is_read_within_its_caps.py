"""security.md #41, on bytes in memory: what arrives is an answer within the caps, or an error."""

import gzip
import io
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrick.models.http import InboundResponse
from carrick.transport.message import (
    MAX_HEADER_BYTES,
    UNREADABLE_ANSWER,
    OversizeError,
    TruncatedError,
    read_response,
)

CAP = 1000


def read(answer: bytes, *, method: str = "GET", cap: int = CAP) -> InboundResponse:
    return read_response(io.BytesIO(answer).readinto, method=method, max_body_bytes=cap)


def answer(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode("latin-1") + body


def chunked(body: bytes, *fields: str, size: int = 7) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    head = ["HTTP/1.1 200 OK", *fields, "Transfer-Encoding: chunked", "", ""]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return "\r\n".join(head).encode("latin-1") + chunks + b"0\r\nX-Trailer: 1\r\n\r\n"


def test_status_fields_and_body_come_back() -> None:
    got = read(answer(b'{"a":1}', "Content-Type: application/json", status="404 Not Found"))
    assert got.status == 404
    assert got.headers == {"content-type": "application/json", "content-length": "7"}
    assert got.body == b'{"a":1}'


def test_repeated_fields_are_joined_and_folded_ones_unfolded() -> None:
    got = read(answer(b"", "Set-Cookie: a=1", "set-cookie: b=2", "X-Long: one\r\n   two"))
    assert got.headers["set-cookie"] == "a=1, b=2"
    assert got.headers["x-long"] == "one two"


def test_body_without_a_length_ends_with_the_connection() -> None:
    assert read(b"HTTP/1.0 200 OK\r\n\r\nabc").body == b"abc"


def test_chunked_body_is_put_together() -> None:
    got = read(chunked(b"0123456789" * 10))
    assert got.body == b"0123456789" * 10
    assert "transfer-encoding" not in got.headers


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
@pytest.mark.parametrize("framed", [answer, chunked])
def test_gzip_is_decoded_and_its_fields_left_out(framed: type, coding: str) -> None:
    got = read(framed(gzip.compress(b"plain" * 100, mtime=0), f"Content-Encoding: {coding}"))
    assert got.body == b"plain" * 100
    assert got.headers == {}


def test_gzip_of_several_members_is_decoded() -> None:
    body = gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0)
    assert read(chunked(body, "Content-Encoding: gzip", size=1)).body == b"one two"


def test_other_codings_are_passed_on() -> None:
    got = read(answer(b"\x0b\x02", "Content-Encoding: br"))
    assert (got.body, got.headers["content-encoding"]) == (b"\x0b\x02", "br")


def test_answer_to_head_has_fields_but_no_body() -> None:
    got = read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method="HEAD")
    assert (got.body, got.headers) == (b"", {"content-length": "5"})
    encoded = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n"
    assert read(encoded, method="HEAD").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_status_without_content_ends_the_answer(status: str) -> None:
    assert read(f"HTTP/1.1 {status}\r\n\r\n".encode()).body == b""


def test_interim_continue_is_skipped() -> None:
    assert read(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"ok")).body == b"ok"


@pytest.mark.parametrize("framed", [answer, chunked])
def test_body_may_reach_the_cap_and_not_pass_it(framed: type) -> None:
    assert len(read(framed(b"x" * CAP)).body) == CAP
    with pytest.raises(OversizeError):
        read(framed(b"x" * (CAP + 1)))


def test_cap_holds_for_the_decoded_body() -> None:
    assert (
        len(read(answer(gzip.compress(b"x" * CAP, mtime=0), "Content-Encoding: gzip")).body) == CAP
    )
    with pytest.raises(OversizeError):
        read(answer(gzip.compress(b"x" * (CAP + 1), mtime=0), "Content-Encoding: gzip"))


def test_cap_holds_for_coded_bytes_that_decode_to_nothing() -> None:
    with pytest.raises(OversizeError):
        read(answer(gzip.compress(b"", mtime=0) * 200, "Content-Encoding: gzip"))


def test_gzip_bomb_is_not_unpacked() -> None:
    bomb = answer(gzip.compress(bytes(50_000_000), mtime=0), "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        with pytest.raises(OversizeError):
            read(bomb, cap=1_048_576)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("over", [0, 1])
def test_header_section_may_reach_its_cap_and_not_pass_it(over: int) -> None:
    start, end = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", b"\r\n\r\n"
    fields = [b"X-%d: %b\r\n" % (number, b"a" * 10_000) for number in range(6)]
    head = start + b"".join(fields) + b"X-Last: "
    filler = b"b" * (MAX_HEADER_BYTES - len(head) - len(end) + over)
    if over:
        with pytest.raises(OversizeError):
            read(head + filler + end + b"ok")
    else:
        assert read(head + filler + end + b"ok").body == b"ok"


@pytest.mark.parametrize(
    "endless",
    [
        b"HTTP/1.1 200 " + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 50_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
        b"HTTP/1.1 100 Continue\r\n" + b"X: 1\r\n" * 50_000,
    ],
)
def test_endless_header_section_is_an_error(endless: bytes) -> None:
    with pytest.raises(UNREADABLE_ANSWER):
        read(endless)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\r\n",
        b"hello\r\n\r\n",
        b"<html>\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 99 Low\r\n\r\n",
        b"HTTP/1.1 1000 High\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(b"ok"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
        answer(b"not gzip", "Content-Encoding: gzip"),
        answer(gzip.compress(b"cut short", mtime=0)[:-9], "Content-Encoding: gzip"),
        answer(gzip.compress(b"checksum", mtime=0)[:-8] + bytes(8), "Content-Encoding: gzip"),
    ],
)
def test_broken_answer_is_an_error(broken: bytes) -> None:
    with pytest.raises(UNREADABLE_ANSWER):
        read(broken)


def test_body_shorter_than_promised_is_no_body() -> None:
    with pytest.raises(TruncatedError):
        read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")


FRAGMENTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 100 Continue",
        b"HTTP/1.0 302 Found",
        b"\r\n",
        b"\n",
        b"\r",
        b": ",
        b"Content-Length: ",
        b"Content-Encoding: gzip",
        b"Transfer-Encoding: chunked",
        b"-5",
        b"5",
        b"0",
        b"ffffffffffffffffffff",
        b" ",
        b"\t",
        gzip.compress(b"x" * 5000, mtime=0),
        zlib.compress(b"x"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS | st.binary(max_size=6), max_size=25).map(b"".join))
def test_any_bytes_are_an_answer_within_the_caps_or_an_error(data: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n"):
        try:
            got = read(start + data)
        except UNREADABLE_ANSWER:
            continue
        assert len(got.body) <= CAP
        assert not any("\r" in value or "\n" in value for value in got.headers.values())
