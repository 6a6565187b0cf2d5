"""Each error answer is sorted by who must act, and tells why without telling a secret."""

import pytest

from carrick.errors import (
    ProviderConfigurationError,
    ProviderError,
    ProviderRejectedError,
    ProviderUnavailableError,
)
from carrick.models.http import InboundResponse
from carrick.oauth.errors import (
    UNRECOGNIZED_ERROR,
    FailureClass,
    error_from,
    failure_class,
    retry_after_seconds,
)
from carrick.oauth.token import TokenRules, process_token_response

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}
TERMINAL, CONFIGURATION, TRANSIENT, UNKNOWN = FailureClass

KINDS = {
    TERMINAL: ProviderRejectedError,
    CONFIGURATION: ProviderConfigurationError,
    TRANSIENT: ProviderUnavailableError,
    UNKNOWN: ProviderUnavailableError,
}


@pytest.mark.parametrize(
    ("status", "code", "headers", "expected"),
    [
        (400, "invalid_grant", JSON, TERMINAL),
        (401, "invalid_grant", JSON, TERMINAL),
        (403, "invalid_grant", JSON, TERMINAL),
        (200, "invalid_refresh_token", JSON, TERMINAL),
        (200, "token_revoked", JSON, TERMINAL),
        (400, "BAD_REFRESH_TOKEN", JSON, TERMINAL),
        (400, "interaction_required", JSON, TERMINAL),
        (401, "invalid_client", JSON, CONFIGURATION),
        (400, "unauthorized_client", JSON, CONFIGURATION),
        (400, "invalid_scope", JSON, CONFIGURATION),
        (400, "unsupported_grant_type", JSON, CONFIGURATION),
        (200, "incorrect_client_credentials", JSON, CONFIGURATION),
        (401, "", JSON, CONFIGURATION),
        (401, "", HTML, CONFIGURATION),
        (408, "", JSON, TRANSIENT),
        (425, "", JSON, TRANSIENT),
        (429, "", JSON, TRANSIENT),
        (500, "", JSON, TRANSIENT),
        (503, "", HTML, TRANSIENT),
        (599, "", {}, TRANSIENT),
        (429, "invalid_grant", JSON, TRANSIENT),
        (500, "invalid_grant", JSON, TRANSIENT),
        (502, "invalid_client", JSON, TRANSIENT),
        (400, "temporarily_unavailable", JSON, TRANSIENT),
        (200, "ratelimited", JSON, TRANSIENT),
        (403, "", HTML, TRANSIENT),
        (404, "", HTML, TRANSIENT),
        (302, "", HTML, TRANSIENT),
        (400, "", JSON, UNKNOWN),
        (403, "", JSON, UNKNOWN),
        (404, "", {}, UNKNOWN),
        (400, "invalid_request", JSON, UNKNOWN),
        (400, "something_new", JSON, UNKNOWN),
        (200, "something_new", JSON, UNKNOWN),
    ],
)
def test_the_class_of_an_answer(status, code, headers, expected):
    error = error_from(status, code, "", headers)
    assert failure_class(error) is expected
    assert type(error) is KINDS[expected]
    assert error.status == status
    assert error.provider_code == code


def test_a_policy_can_tell_an_unknown_error_from_an_outage():
    assert error_from(400, "something_new", "", JSON).code == UNRECOGNIZED_ERROR
    assert error_from(503, "", "", JSON).code != UNRECOGNIZED_ERROR


def test_any_other_provider_error_has_an_unknown_class():
    assert failure_class(ProviderError("x", provider_code="unsupported_token_type")) is UNKNOWN


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, b"<!DOCTYPE html><p>Bad gateway</p>", TRANSIENT),
        (401, b"<!DOCTYPE html><p>Unauthorized</p>", CONFIGURATION),
        (400, b"", UNKNOWN),
        (404, b"not found", UNKNOWN),
        (429, b"", TRANSIENT),
        (503, b"{}", TRANSIENT),
        (400, b'{"error":"invalid_grant"}', TERMINAL),
        (302, b"", TRANSIENT),
        (204, b"", TRANSIENT),
    ],
)
def test_the_class_of_a_token_answer_without_a_content_type(status, body, expected):
    with pytest.raises(ProviderError) as caught:
        process_token_response(InboundResponse(status, {}, body), TokenRules(), now=0.0)
    assert failure_class(caught.value) is expected


NOW = 1_790_000_000.0  # Mon, 21 Sep 2026 14:13:20 GMT


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("Mon, 21 Sep 2026 14:15:20 GMT", 120.0),
        ("Mon, 21 Sep 2026 14:00:00 GMT", 0.0),
        ("Monday, 21-Sep-26 14:15:20 GMT", 120.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 400, None),
        ("inf", None),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, seconds):
    assert retry_after_seconds({"retry-after": text}, NOW) == seconds
    assert error_from(429, "", "", {"retry-after": text}, NOW).retry_after_seconds == seconds


def test_a_retry_after_date_without_our_clock_is_read_against_the_servers():
    headers = {
        "retry-after": "Mon, 21 Sep 2026 14:15:20 GMT",
        "date": "Mon, 21 Sep 2026 14:15:00 GMT",
    }
    assert retry_after_seconds(headers) == 20.0
    assert retry_after_seconds({"retry-after": headers["retry-after"]}) is None


def test_an_unreadable_answer_keeps_its_retry_after():
    response = InboundResponse(400, {"retry-after": "7"}, b"<html>busy</html>")
    with pytest.raises(ProviderUnavailableError) as caught:
        process_token_response(response, TokenRules(), now=NOW)
    assert caught.value.retry_after_seconds == 7.0


def test_the_message_names_the_code_and_the_description():
    message = error_from(400, "invalid_grant", "Token has been revoked.", JSON).message
    assert message.endswith("(HTTP 400): invalid_grant: Token has been revoked.")


@pytest.mark.parametrize(
    "secret",
    [
        "canary-secret-0123456789abcdef",
        "ya29.canary-secret-A0AfH6SMBx",
        "eyJhbGciOiJIUzI1NiJ9.canary-secret.c2ln",
        "canary-secret+base64/with=signs==",
        "https://user:canary-secret-password-1234@host.example/x",
    ],
)
@pytest.mark.parametrize(
    "place", ["{}", "token '{}' is bad", "a={}, b", "({})", "x" * 3990 + " {}"]
)
def test_token_shaped_text_is_masked_wherever_it_is(secret, place):
    error = error_from(400, place.format(secret), place.format(secret), JSON)
    assert "canary-secret" not in f"{error.message} {error.provider_code} {error!r}"


def test_half_a_token_at_the_cut_does_not_show():
    description = " " * 3985 + "canary-secret-0123456789abcdef"
    assert "canary" not in error_from(400, "x", description, JSON).message


def test_the_text_is_cut_and_printable():
    error = error_from(400, "e \x07" * 900, "long words \u202e\x1b[0m\n" * 9000, JSON)
    assert len(error.message) <= 300
    assert len(error.provider_code) <= 100
    assert error.message.isprintable() and error.provider_code.isprintable()
