"""Any bytes for a token answer give tokens or a named error, and no error repeats a secret."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from carrick.errors import CarrickError, ProviderError
from carrick.models.http import InboundResponse
from carrick.oauth.lifetime import MAX_SECONDS
from carrick.oauth.revocation import process_revocation_response
from carrick.oauth.token import TokenRules, TokenSet, process_token_response

NOW = 1_790_000_000.0
CANARY = "canary-secret-0f1e2d3c4b5a69788796a5b4c3d2e1f0"

secrets = st.sampled_from(
    [CANARY, f"token {CANARY} is bad", f"Bearer {CANARY}", f"\n{CANARY}\n", "x" * 90 + " " + CANARY]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | secrets
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.just("message"), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.sampled_from(
    [
        *["access_token", "refresh_token", "token_type", "expires_in", "expires_at", "expires_on"],
        *["scope", "error", "error_description", "error_code", "code", "status", "message", "ok"],
        *["authed_user", "data"],
    ]
)
objects = st.dictionaries(names, values, max_size=8)
bodies = (
    st.binary(max_size=300)
    | objects.map(lambda members: json.dumps(members).encode("utf-8", "surrogatepass"))
    | st.text(alphabet="access_token=&error%{}[]\"':,<> \n", max_size=200).map(str.encode)
)
headers = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(
            ["application/json", "application/x-www-form-urlencoded", "text/html", "text/plain"]
        )
        | st.text(max_size=20),
        "retry-after": st.text(max_size=40)
        | st.sampled_from(
            ["5", "Mon, 21 Sep 2026 14:15:20 GMT", "Mon, 21 Sep 2026 14:15:20 -0000"]
        ),
        "date": st.text(max_size=40),
    },
)
statuses = st.sampled_from(
    [200, 201, 204, 302, 400, 401, 403, 404, 408, 429, 500, 503]
) | st.integers(100, 599)
rules = st.builds(
    TokenRules,
    access_token_path=st.sampled_from(["access_token", "data.access_token", "authed_user", ""]),
    token_object_path=st.sampled_from(["", "authed_user", "data", "data.data"]),
    refresh_token_path=st.sampled_from(["refresh_token", "data.refresh_token", "scope"]),
    expires_in_unit=st.sampled_from(["seconds", "milliseconds"]),
    fixed_lifetime_seconds=st.none() | st.integers(-10, MAX_SECONDS),
)


def assert_tells_nothing(error: CarrickError) -> None:
    shown = f"{error} {error!r} {vars(error)}"
    assert CANARY not in shown
    assert CANARY[:20] not in shown
    assert error.message.isprintable()
    assert len(error.message) <= 300


@settings(max_examples=200, deadline=None)
@given(statuses, headers, bodies, rules)
def test_tokens_or_a_named_error(status, response_headers, body, token_rules):
    response = InboundResponse(status, response_headers, body)
    try:
        tokens = process_token_response(
            response, token_rules, now=NOW, previous_refresh_token=CANARY
        )
    except CarrickError as error:
        assert_tells_nothing(error)
        assert isinstance(error, ProviderError)
    else:
        assert_usable(tokens)


def assert_usable(tokens: TokenSet) -> None:
    assert (
        tokens.access_token and tokens.access_token.isascii() and tokens.access_token.isprintable()
    )
    assert tokens.refresh_token
    assert tokens.expires_at is None or NOW < tokens.expires_at <= NOW + MAX_SECONDS
    # A scope is no secret, and here the provider may write anything into it.
    assert CANARY not in repr(replace(tokens, scope=None))
    json.dumps(tokens.raw, allow_nan=False, ensure_ascii=False).encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(objects, st.integers(1, 10**7) | st.just("3600"))
def test_what_a_provider_adds_never_costs_the_tokens(members, lifetime):
    known = {
        "access_token": CANARY,
        "refresh_token": CANARY + "2",
        "token_type": "Bearer",
        "expires_in": lifetime,
        "error": None,
        "ok": True,
    }
    response = InboundResponse(200, {}, json.dumps({**members, **known}).encode())
    tokens = process_token_response(response, TokenRules(), now=NOW)
    assert (tokens.access_token, tokens.refresh_token) == (CANARY, CANARY + "2")
    assert tokens.expires_at == NOW + int(lifetime)
    assert_usable(tokens)


@settings(max_examples=100, deadline=None)
@given(statuses, headers, bodies)
def test_a_revocation_is_done_or_a_named_error(status, response_headers, body):
    try:
        process_revocation_response(InboundResponse(status, response_headers, body), NOW)
    except CarrickError as error:
        assert_tells_nothing(error)
