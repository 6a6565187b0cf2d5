"""What the browser brings back: a code from the server that was asked, or a reason to show."""

import pytest

from carrick.errors import FlowError
from carrick.oauth.authorization import (
    MAX_CODE_LENGTH,
    AuthorizationResponse,
    process_authorization_response,
)

ISSUER = "https://as.example"


def process(params, *, expected_issuer=None, issuer_required=False, **options):
    return process_authorization_response(
        params, expected_issuer=expected_issuer, issuer_required=issuer_required, **options
    )


def refusal(params, **options) -> FlowError:
    with pytest.raises(FlowError) as caught:
        process(params, **options)
    return caught.value


def test_a_code_is_taken():
    assert process({"code": "abc", "state": "s"}) == AuthorizationResponse(code="abc")


def test_a_code_is_taken_from_the_providers_own_parameter():
    params = {"spapi_oauth_code": "abc", "code": "other"}
    assert process(params, code_param="spapi_oauth_code").code == "abc"


def test_the_code_is_not_in_the_repr():
    assert "canary-secret" not in repr(process({"code": "canary-secret-code"}))


def test_the_providers_reason_is_shown():
    error = refusal({"error": "access_denied", "error_description": "The user said no."})
    assert error.code == "callback_err"
    assert error.message.endswith(": access_denied: The user said no.")


def test_an_error_beside_a_code_is_an_error():
    assert "server_error" in refusal({"error": "server_error", "code": "abc"}).message


@pytest.mark.parametrize("params", [{}, {"code": ""}, {"state": "s"}, {"Code": "abc"}])
def test_no_code_is_an_error(params):
    assert refusal(params).code == "callback_err"


def test_a_long_error_code_of_words_is_not_masked():
    message = refusal({"error": "unsupported_response_type"}).message
    assert message.endswith(": unsupported_response_type")


@pytest.mark.parametrize(
    "description",
    [
        "x " * 50_000,
        "<img src=x onerror=alert(1)>" * 100,
        "\x1b[31mred\r\nSet-Cookie: a=b",
        "\u202eevil",
    ],
)
def test_what_is_shown_is_one_short_printable_line(description):
    message = refusal({"error": "e " * 5000, "error_description": description}).message
    assert len(message) <= 300
    assert message.isprintable()


def test_a_token_in_the_description_is_masked():
    token = "canary-secret-" + "0123456789abcdef" * 4
    message = refusal({"error": "oops", "error_description": f"bad token {token}."}).message
    assert "bad token ***" in message
    assert "canary-secret" not in message


def test_a_code_of_absurd_length_is_refused_without_being_repeated():
    assert process({"code": "a" * MAX_CODE_LENGTH}).code
    assert "aaa" not in refusal({"code": "a" * (MAX_CODE_LENGTH + 1)}).message


def test_the_right_issuer_passes():
    params = {"code": "abc", "iss": ISSUER}
    assert process(params, expected_issuer=ISSUER, issuer_required=True).code == "abc"


@pytest.mark.parametrize(
    "issuer",
    [
        "https://other.example",
        ISSUER + "/",
        ISSUER.upper(),
        "HTTPS://as.example",
        ISSUER + ":443",
        " " + ISSUER,
        ISSUER + "\x00",
        "",
    ],
)
@pytest.mark.parametrize("required", [True, False])
def test_any_other_issuer_is_refused_before_the_code_is_looked_at(issuer, required):
    params = {"code": "abc", "iss": issuer}
    error = refusal(params, expected_issuer=ISSUER, issuer_required=required)
    assert error.code == "iss_mismatch"


def test_a_missing_issuer_is_refused_when_the_server_says_that_it_sends_one():
    error = refusal({"code": "abc"}, expected_issuer=ISSUER, issuer_required=True)
    assert error.code == "iss_mismatch"


def test_a_missing_issuer_passes_when_the_server_does_not_say_so():
    assert process({"code": "abc"}, expected_issuer=ISSUER).code == "abc"


def test_an_error_from_another_server_is_not_shown_as_this_providers():
    params = {"error": "access_denied", "error_description": "Call 0900", "iss": "https://evil"}
    error = refusal(params, expected_issuer=ISSUER, issuer_required=False)
    assert error.code == "iss_mismatch"
    assert "0900" not in error.message and "evil" not in error.message


def test_an_issuer_is_ignored_when_none_is_known():
    assert process({"code": "abc", "iss": "https://any.example"}).code == "abc"
