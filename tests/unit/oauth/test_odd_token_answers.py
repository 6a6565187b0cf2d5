"""Requirement 14 of the security list: each kind of odd token answer, one by one."""

import json

import pytest

from carrick.errors import (
    ProviderConfigurationError,
    ProviderError,
    ProviderRejectedError,
    ProviderUnavailableError,
)
from carrick.models.http import InboundResponse
from carrick.oauth.errors import FailureClass, failure_class
from carrick.oauth.token import TokenRules, process_token_response

NOW = 1_790_000_000.0
ACCESS, REFRESH = "canary-secret-access", "canary-secret-refresh"
TOKENS = {"access_token": ACCESS, "token_type": "bearer", "refresh_token": REFRESH}


def answer(body, status=200, content_type="application/json") -> InboundResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return InboundResponse(status, {"content-type": content_type} if content_type else {}, data)


def process(body, rules=None, *, previous_refresh_token=None, **options):
    return process_token_response(
        answer(body, **options),
        rules or TokenRules(),
        now=NOW,
        previous_refresh_token=previous_refresh_token,
    )


def refusal(body, rules=None, **options) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        process(body, rules, **options)
    assert "canary-secret" not in f"{caught.value!s} {caught.value!r} {vars(caught.value)}"
    return caught.value


def test_a_plain_answer():
    tokens = process({**TOKENS, "expires_in": 3600, "scope": "a b", "id": 7})
    assert (tokens.access_token, tokens.refresh_token) == (ACCESS, REFRESH)
    assert (tokens.token_type, tokens.expires_at, tokens.scope) == ("bearer", NOW + 3600, "a b")
    assert tokens.raw["id"] == 7


def test_no_token_is_in_the_repr():
    assert "canary-secret" not in repr(process(TOKENS))


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/html; charset=utf-8", "text/plain", ""]
)
def test_json_is_read_under_any_content_type(content_type):
    assert process(TOKENS, content_type=content_type).access_token == ACCESS


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "", "text/html"]
)
def test_a_form_is_read_under_any_content_type(content_type):
    body = f"access_token={ACCESS}&expires_in=28800&scope=a%2Cb&token_type=bearer".encode()
    tokens = process(body, content_type=content_type)
    assert (tokens.access_token, tokens.expires_at, tokens.scope) == (ACCESS, NOW + 28800, "a,b")


def test_a_201_is_a_success():
    assert process(TOKENS, status=201).access_token == ACCESS


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"text"',
        b"[]",
        b'[{"access_token": "canary-secret-access"}]',
        b"{",
        b"canary-secret-access",
        b"<html>canary-secret-access</html>",
        b"<?xml version='1.0'?><access_token>canary-secret-access</access_token>",
        b"\xff\xfe\x00",
        b'{"a":' * 100_000,
        b"&".join([b"a=1"] * 500),
    ],
)
def test_a_body_that_is_no_object_is_refused_as_passing(body):
    assert failure_class(refusal(body)) is FailureClass.TRANSIENT


@pytest.mark.parametrize("value", [None, "", False, 12345, True, 1.5, {"token": "x"}, [ACCESS]])
def test_an_access_token_that_is_no_text_is_refused(value):
    assert isinstance(refusal({"access_token": value}), ProviderUnavailableError)


@pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "a\x00b", "tökën", "a\ud800", "\t"])
def test_a_token_that_no_header_can_carry_is_refused(token):
    assert isinstance(refusal({"access_token": token}), ProviderUnavailableError)
    assert isinstance(refusal({**TOKENS, "refresh_token": token}), ProviderUnavailableError)


@pytest.mark.parametrize("value", [12345, {"token": "x"}, ["x"], True])
def test_a_refresh_token_that_is_no_text_is_refused(value):
    assert isinstance(refusal({**TOKENS, "refresh_token": value}), ProviderUnavailableError)


@pytest.mark.parametrize("fields", [{}, {"refresh_token": None}, {"refresh_token": ""}])
def test_the_old_refresh_token_is_kept_when_none_comes(fields):
    tokens = process({"access_token": ACCESS, **fields}, previous_refresh_token="canary-secret-old")
    assert tokens.refresh_token == "canary-secret-old"
    assert process({"access_token": ACCESS, **fields}).refresh_token is None


def test_a_new_refresh_token_replaces_the_old_one():
    assert process(TOKENS, previous_refresh_token="canary-secret-old").refresh_token == REFRESH


@pytest.mark.parametrize("token_type", ["bearer", "Bearer", "BEARER", "bot", "user", "N_A"])
def test_usable_token_types_pass_as_they_are(token_type):
    assert process({**TOKENS, "token_type": token_type}).token_type == token_type


@pytest.mark.parametrize("fields", [{}, {"token_type": None}, {"token_type": ""}])
def test_no_token_type_means_bearer(fields):
    assert process({"access_token": ACCESS, **fields}).token_type == "Bearer"


@pytest.mark.parametrize("token_type", ["mac", "MAC", "DPoP", "dpop", "pop"])
def test_a_token_that_needs_a_proof_on_each_request_is_refused(token_type):
    error = refusal({**TOKENS, "token_type": token_type})
    assert isinstance(error, ProviderConfigurationError)
    assert token_type in error.message


@pytest.mark.parametrize("token_type", [1, ["bearer"], {"a": 1}, False])
def test_a_token_type_that_is_no_text_is_refused(token_type):
    assert isinstance(refusal({**TOKENS, "token_type": token_type}), ProviderUnavailableError)


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ("a b", "a b"),
        (["a", "b"], "a b"),
        (None, None),
        (7, None),
        ({"a": 1}, None),
        (["a", 1], None),
    ],
)
def test_a_scope_is_text_or_a_list_and_never_costs_the_tokens(scope, kept):
    tokens = process({**TOKENS, "scope": scope})
    assert (tokens.scope, tokens.access_token) == (kept, ACCESS)


@pytest.mark.parametrize(
    ("body", "code", "kind"),
    [
        ({"error": "invalid_grant"}, "invalid_grant", ProviderRejectedError),
        ({"error": "bad_verification_code"}, "bad_verification_code", ProviderRejectedError),
        (
            {"ok": False, "error": "invalid_refresh_token"},
            "invalid_refresh_token",
            ProviderRejectedError,
        ),
        ({"ok": False, "error": "ratelimited"}, "ratelimited", ProviderUnavailableError),
        ({"ok": False}, "", ProviderUnavailableError),
        (
            b"error=bad_verification_code&error_description=x",
            "bad_verification_code",
            ProviderRejectedError,
        ),
        ({"error": "invalid_client", **TOKENS}, "invalid_client", ProviderConfigurationError),
        ({"ok": False, **TOKENS}, "", ProviderUnavailableError),
        ({"code": 40105, "message": "expired", "data": {}}, "40105", ProviderUnavailableError),
    ],
)
def test_an_error_with_status_200_is_an_error(body, code, kind):
    error = refusal(body)
    assert isinstance(error, kind)
    assert error.provider_code == code
    assert error.status == 200


@pytest.mark.parametrize("error", [None, "", False, 0, {}, []])
def test_an_empty_error_member_is_no_error(error):
    assert process({**TOKENS, "error": error, "ok": True}).access_token == ACCESS


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (
            {"error": {"type": "OAuthException", "code": 190, "message": "Expired"}},
            "OAuthException",
            "Expired",
        ),
        ({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, "UNAUTHENTICATED", ""),
        (
            {"status": "BAD_REFRESH_TOKEN", "message": "unknown refresh token"},
            "BAD_REFRESH_TOKEN",
            "unknown",
        ),
        ({"errorCode": "E77", "errorMessage": "Nope"}, "E77", "Nope"),
        ({"error_code": 110}, "110", ""),
        ({"message": "Bad Request"}, "", "Bad Request"),
    ],
)
def test_errors_of_other_shapes_are_named(body, code, words):
    error = refusal(body, status=400)
    assert error.provider_code == code
    assert words in error.message


def test_where_the_top_level_has_no_token_an_object_has_it_and_all_that_belongs_to_it():
    rules = TokenRules(token_object_path="authed_user")
    body = {
        "ok": True,
        "refresh_token": "canary-secret-bot-refresh",
        "expires_in": 43200,
        "scope": "commands",
        "authed_user": {"id": "U1", "access_token": ACCESS, "scope": "chat:write"},
    }
    tokens = process(body, rules)
    assert (tokens.access_token, tokens.scope) == (ACCESS, "chat:write")
    assert tokens.refresh_token is None, "the bot's refresh token is not the person's"
    assert tokens.expires_at is None, "the bot's lifetime is not the person's"
    assert tokens.raw["refresh_token"] == "canary-secret-bot-refresh"


PERSON = {"id": "U1", "access_token": "canary-secret-person"}


@pytest.mark.parametrize("user", [PERSON, {"id": "U1"}, None, "U1", []])
def test_a_token_at_the_top_level_comes_first(user):
    rules = TokenRules(token_object_path="authed_user")
    assert process({**TOKENS, "authed_user": user}, rules).access_token == ACCESS


def test_tokens_at_a_path_with_what_stands_beside_them():
    rules = TokenRules(access_token_path="data.tokens.access")
    body = {"data": {"tokens": {"access": ACCESS, "refresh_token": REFRESH, "expires_in": "60"}}}
    tokens = process(body, rules)
    assert (tokens.access_token, tokens.refresh_token) == (ACCESS, REFRESH)
    assert tokens.expires_at == NOW + 60


def test_a_member_whose_name_has_a_dot_is_found():
    rules = TokenRules(access_token_path="token.value", refresh_token_path="r.t")
    tokens = process({"token.value": ACCESS, "r": {"t": REFRESH}}, rules)
    assert (tokens.access_token, tokens.refresh_token) == (ACCESS, REFRESH)


@pytest.mark.parametrize("path", ["data.access_token", "a.b.c", "access_token.x"])
def test_a_path_that_leads_nowhere_is_refused(path):
    assert isinstance(refusal(TOKENS, TokenRules(access_token_path=path)), ProviderUnavailableError)


def test_what_is_kept_of_an_answer_can_be_stored_and_sent_on():
    body = (
        b'\xef\xbb\xbf{"access_token": "canary-secret-access", "n": NaN, "big": 1e999,'
        b' "half": "\\ud800", "pair": "\\ud83d\\ude00", "raw": "\xff", "deep": '
        + b'{"a":' * 60
        + b"1"
        + b"}" * 60
        + b"}"
    )
    tokens = process(body)
    text = json.dumps(tokens.raw, allow_nan=False, ensure_ascii=False)
    assert text.encode("utf-8")
    assert tokens.raw["pair"] == "\U0001f600"
    assert (tokens.raw["n"], tokens.raw["big"]) == (None, None)
    assert text.count('{"a":') < 21
