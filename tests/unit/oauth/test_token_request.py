"""Token requests on the wire: RFC 6749 §4.1.3 and §6, and what the others need."""

import json
from base64 import b64decode
from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from carrick.oauth.client_auth import Client, ClientAuthMethod
from carrick.oauth.token import (
    PROTECTED_PARAMS,
    TokenEndpoint,
    build_code_request,
    build_refresh_request,
)

URL = "https://provider.example/token"
CALLBACK = "https://carrick.example/oauth/callback?a=b c"
POST = Client("client", "canary-secret-1", ClientAuthMethod.CLIENT_SECRET_POST)
BASIC = Client("client", "canary-secret-1", ClientAuthMethod.CLIENT_SECRET_BASIC)


def code_request(client=POST, *, code_verifier="the-verifier", **endpoint):
    return build_code_request(
        TokenEndpoint(URL, **endpoint),
        client,
        code="the+code/",
        redirect_uri=CALLBACK,
        code_verifier=code_verifier,
    )


def refresh_request(client=POST, *, scope=None, **endpoint):
    return build_refresh_request(
        TokenEndpoint(URL, **endpoint), client, refresh_token="canary-secret-rt", scope=scope
    )


def form(request) -> dict[str, str]:
    pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs), "a parameter is there twice"
    return dict(pairs)


def test_a_server_reads_the_same_code_request_as_from_authlib():
    theirs = prepare_token_request(
        "authorization_code",
        code="the+code/",
        redirect_uri=CALLBACK,
        code_verifier="the-verifier",
        client_id="client",
        client_secret="canary-secret-1",
    )
    assert form(code_request()) == dict(parse_qsl(theirs))


def test_the_headers_of_a_form_request():
    request = code_request()
    assert (request.method, request.url) == ("POST", URL)
    assert request.headers == {
        "Accept": "application/json",
        "User-Agent": "Carrick",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def test_without_pkce_there_is_no_verifier():
    assert "code_verifier" not in form(code_request(code_verifier=None))


def test_basic_authentication_keeps_the_client_out_of_the_body():
    request = code_request(BASIC)
    assert b64decode(request.headers["Authorization"][6:]) == b"client:canary-secret-1"
    assert not {"client_id", "client_secret"} & form(request).keys()


def test_a_refresh_request():
    assert form(refresh_request()) == {
        "grant_type": "refresh_token",
        "refresh_token": "canary-secret-rt",
        "client_id": "client",
        "client_secret": "canary-secret-1",
    }


def test_a_refresh_may_ask_for_less():
    assert form(refresh_request(scope="read"))["scope"] == "read"


def test_a_json_body():
    request = code_request(BASIC, body_format="json")
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body)["code"] == "the+code/"
    assert json.loads(request.body)["grant_type"] == "authorization_code"


@pytest.mark.parametrize(
    "endpoint",
    [{"body_format": "query"}, {"method": "GET"}, {"method": "get", "body_format": "json"}],
)
def test_parameters_in_the_query(endpoint):
    request = build_refresh_request(
        TokenEndpoint(URL + "?version=2", **endpoint), POST, refresh_token="canary-secret-rt"
    )
    query = dict(parse_qsl(urlsplit(request.url).query))
    assert query["version"] == "2"
    assert query["refresh_token"] == "canary-secret-rt"
    assert request.body == b""
    assert "Content-Type" not in request.headers
    assert request.method == endpoint.get("method", "POST").upper()


def test_a_format_that_does_not_exist_is_an_error():
    with pytest.raises(ValueError):
        code_request(body_format="xml")


def test_a_fixed_query_of_a_form_endpoint_is_kept():
    request = build_refresh_request(
        TokenEndpoint(URL + "?app=1&x=%2F"), POST, refresh_token="canary-secret-rt"
    )
    assert request.url == URL + "?app=1&x=%2F"


def test_extra_parameters_are_sent_beside_the_standard_ones():
    assert form(refresh_request(params={"expires_in": "1800"}))["expires_in"] == "1800"


@pytest.mark.parametrize("name", sorted(PROTECTED_PARAMS))
def test_extra_parameters_never_replace_or_add_a_standard_one(name):
    assert form(code_request(params={name: "evil"})) == form(code_request())
    assert form(code_request(BASIC, params={name: "evil"})) == form(code_request(BASIC))
    assert form(refresh_request(params={name: "evil"})) == form(refresh_request())


def test_renamed_and_omitted_parameters():
    sent = form(
        code_request(
            param_renames={"client_id": "client_key", "redirect_uri": ""},
            params={"client_key": "evil", "client_id": "evil"},
        )
    )
    assert sent["client_key"] == "client"
    assert not {"client_id", "redirect_uri", ""} & sent.keys()


def test_a_providers_headers_win_in_any_spelling_but_not_over_the_clients_authentication():
    request = code_request(
        BASIC, headers={"accept": "*/*", "X-Version": "2", "authorization": "Basic evil"}
    )
    names = [name.lower() for name in request.headers]
    assert len(names) == len(set(names))
    assert request.headers["accept"] == "*/*"
    assert request.headers["X-Version"] == "2"
    assert request.headers["Authorization"].startswith("Basic Y2xp")


@pytest.mark.parametrize("body_format", ["form", "json", "query"])
@pytest.mark.parametrize("client", [POST, BASIC])
def test_no_secret_is_in_the_repr_of_a_request(client, body_format):
    request = refresh_request(client, body_format=body_format)
    assert "canary-secret" not in repr(request)
    assert URL in repr(request)
