"""The authorization URL: RFC 6749 §4.1.1 for plain providers, and what the others need."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri

from carrick.oauth.authorization import AuthorizationRequest, build_authorization_url

ENDPOINT = "https://provider.example/authorize"
CALLBACK = "https://carrick.example/oauth/callback?tenant=a b&x=1"


def build(**changes) -> str:
    given = {
        "endpoint": ENDPOINT,
        "client_id": "client 1&2",
        "redirect_uri": CALLBACK,
        "state": "the-state",
        "scopes": ("read", "write:all"),
        **changes,
    }
    return build_authorization_url(AuthorizationRequest(**given))


def query_of(url: str) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs), "a parameter is there twice"
    return dict(pairs)


def test_a_server_reads_the_same_as_from_authlibs_url():
    url = build(code_challenge="the-challenge", provider_params={"access_type": "offline"})
    theirs = prepare_grant_uri(
        ENDPOINT,
        "client 1&2",
        "code",
        CALLBACK,
        "read write:all",
        "the-state",
        code_challenge="the-challenge",
        code_challenge_method="S256",
        access_type="offline",
    )
    assert query_of(url) == query_of(theirs)
    assert url.startswith(ENDPOINT + "?response_type=code&")


def test_spaces_are_percent_encoded_so_that_every_decoder_reads_them():
    url = build()
    assert "scope=read%20write%3Aall" in url
    assert "+" not in url


def test_the_redirect_uri_comes_out_byte_for_byte():
    assert query_of(build())["redirect_uri"] == CALLBACK


def test_without_pkce_no_part_of_it_is_sent():
    assert not [name for name in query_of(build()) if name.startswith("code_challenge")]


@pytest.mark.parametrize(
    ("separator", "sent"),
    [(" ", "read write:all"), (",", "read,write:all"), ("+", "read+write:all")],
)
def test_scopes_are_joined_as_the_provider_wants(separator, sent):
    assert query_of(build(scope_separator=separator))["scope"] == sent


def test_no_scopes_means_no_scope_parameter():
    assert "scope" not in query_of(build(scopes=()))


def test_the_endpoints_own_query_is_kept_byte_for_byte():
    url = build(endpoint=ENDPOINT + "?tenant=a%2Fb&flag&empty=&x=1+2")
    assert urlsplit(url).query.startswith("tenant=a%2Fb&flag&empty=&x=1+2&response_type=code&")


def test_the_endpoints_own_query_cannot_repeat_or_replace_a_parameter():
    url = build(endpoint=ENDPOINT + "?response_type=token&Client_ID=other&keep=1&state=")
    query = query_of(url)
    assert (query["response_type"], query["client_id"]) == ("code", "client 1&2")
    assert (query["state"], query["keep"]) == ("the-state", "1")
    assert "Client_ID" not in query


def test_a_fragment_in_the_endpoint_is_dropped():
    assert build(endpoint=ENDPOINT + "#top") == build()


def test_a_fragment_route_takes_the_query_behind_it():
    url = build(endpoint="https://app.provider.example/?v=2", fragment="/oauth/authorize")
    head, _, tail = url.partition("#/oauth/authorize?")
    assert head == "https://app.provider.example/?v=2"
    assert dict(parse_qsl(tail))["client_id"] == "client 1&2"


def test_session_params_win_over_provider_params_and_none_removes_one():
    query = query_of(
        build(
            provider_params={"prompt": "consent", "access_type": "offline", "owner": "user"},
            session_params={"prompt": "login", "access_type": None, "login_hint": "a@b.example"},
        )
    )
    assert query["prompt"] == "login"
    assert query["login_hint"] == "a@b.example"
    assert query["owner"] == "user"
    assert "access_type" not in query


def test_removing_what_is_not_there_changes_nothing():
    assert build(session_params={"unheard_of": None}) == build()


def test_a_session_may_ask_for_its_own_scope_and_nonce():
    query = query_of(build(session_params={"scope": "less", "nonce": "n-1"}))
    assert (query["scope"], query["nonce"]) == ("less", "n-1")


def test_empty_params_are_dropped_only_when_the_provider_refuses_them():
    assert query_of(build(provider_params={"launch": ""}))["launch"] == ""
    assert "launch" not in query_of(build(provider_params={"launch": ""}, skip_empty=True))


def test_renamed_params_have_the_providers_names():
    query = query_of(
        build(
            code_challenge="the-challenge",
            param_renames={
                "client_id": "client_key",
                "response_type": "",
                "state": "customField",
                "scope": "permissions",
            },
        )
    )
    assert query["client_key"] == "client 1&2"
    assert query["customField"] == "the-state"
    assert query["permissions"] == "read write:all"
    assert query["code_challenge_method"] == "S256"
    assert not {"client_id", "response_type", "state", "scope"} & query.keys()


def test_a_scope_left_unencoded_keeps_its_signs():
    url = build(scopes=("a:b", "c/d"), scope_separator="+", scope_unencoded=True)
    assert "&scope=a:b+c/d" in url
    assert "redirect_uri=https%3A%2F%2F" in url


@pytest.mark.parametrize("scope", ["x&client_id=evil", "x#evil", 'x"y', "x y\r\nz", "ü"])
def test_a_scope_left_unencoded_cannot_end_its_parameter(scope):
    url = build(scopes=(scope,), scope_unencoded=True)
    assert query_of(url)["client_id"] == "client 1&2"
    assert query_of(url)["scope"] == scope
    assert urlsplit(url).fragment == ""
    assert url.isascii() and url.isprintable() and '"' not in url


def test_text_that_cannot_be_utf8_does_not_break_the_url():
    assert query_of(build(session_params={"login_hint": "a\ud800b"}))["login_hint"] == "a?b"


def test_the_state_is_not_in_the_repr():
    request = AuthorizationRequest(ENDPOINT, "client", CALLBACK, "canary-secret-state", ())
    assert "canary-secret" not in repr(request)
