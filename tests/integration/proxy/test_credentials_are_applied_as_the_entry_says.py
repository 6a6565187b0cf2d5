import base64

import pytest

from tests.integration.proxy.conftest import CREDENTIALS, Proxied
from tests.support.scripted_api import Asked

PAIR = base64.b64encode(b"ada:canary-secret-password").decode()
BY_TYPE = {
    "OAUTH2": "Bearer canary-secret-access",
    "OAUTH2_CC": "Bearer canary-secret-token",
    "TWO_STEP": "Bearer canary-secret-token",
    "JWT": "Bearer canary-secret-jwt",
    "BASIC": f"Basic {PAIR}",
    "API_KEY": None,
    "NONE": None,
}
BASE = '[api]\nbase_url = "{url}/v1"\n'


def asked(proxied: Proxied, path: str = "/things", method: str = "GET", **more: object) -> Asked:
    proxied.api.answers[f"{method} /v1/things"] = (200, {"ok": True})
    answer = proxied.ask(path, method, **more)  # type: ignore[arg-type]
    assert answer.status == 200, answer.text
    return proxied.api.asked[-1]


@pytest.mark.parametrize("mode", BY_TYPE)
def test_each_type_has_its_authorization(mode: str, proxied: Proxied) -> None:
    extra = "[self_signed_token]\nprotocol = 'HMAC'\nlifetime_seconds = 60\n"
    proxied.use(mode, BASE + (extra if mode == "JWT" else ""))
    assert asked(proxied).headers.get("authorization") == BY_TYPE[mode]


def test_a_missing_password_is_empty(proxied: Proxied) -> None:
    proxied.use("BASIC", values={"username": "canary-secret-key"})
    pair = base64.b64encode(b"canary-secret-key:").decode()
    assert asked(proxied).headers["authorization"] == f"Basic {pair}"


def test_a_key_goes_into_the_header_of_the_entry(proxied: Proxied) -> None:
    proxied.use("API_KEY", BASE + 'headers = { x-key = "Key ${apiKey}" }\n')
    assert asked(proxied).headers["x-key"] == "Key canary-secret-key"


def test_a_key_in_the_query_replaces_what_the_caller_sent(proxied: Proxied) -> None:
    proxied.use("API_KEY", BASE + 'query = { "api key" = "${apiKey}" }\n')
    path = asked(proxied, "/things?b=2%2F3&api+key=mine&api%20key=other&a=x%20y").path
    assert path == "/v1/things?b=2%2F3&a=x%20y&api%20key=canary-secret-key"


def test_a_token_goes_one_way_if_the_entry_names_it(proxied: Proxied) -> None:
    proxied.use("OAUTH2", BASE + 'headers = { x-access-token = "${accessToken}" }\n')
    request = asked(proxied)
    assert request.headers["x-access-token"] == "canary-secret-access"
    assert "authorization" not in request.headers


def test_cookies_of_a_login_go_as_cookies(proxied: Proxied) -> None:
    entry = BASE + 'headers = { cookie = "${credentials.cookies}" }\n'
    given = "sid=canary-secret-sid; b=2"
    entry = "[token_response]\ncookies = true\n" + entry
    proxied.use(
        "TWO_STEP",
        'token_url = "{url}/login"\n' + entry,
        values={"token": "canary-secret-token", "_cookies": given},
    )
    request = asked(proxied)
    assert request.headers["cookie"] == "sid=canary-secret-sid; b=2"
    assert "authorization" not in request.headers


def test_a_header_without_its_value_is_left_out(proxied: Proxied) -> None:
    declared = '[connection_config.version]\ntitle = "Version"\noptional = true\n'
    proxied.use("API_KEY", BASE + 'headers = { v = "${connectionConfig.version}" }\n' + declared)
    assert "v" not in asked(proxied).headers


def test_members_of_the_entry_are_in_a_json_body(proxied: Proxied) -> None:
    proxied.use("API_KEY", BASE + '[api.body.auth]\nkey = "${apiKey}"\n')
    body = {"auth": {"user": "ada", "key": "other"}, "n": [1]}
    request = asked(proxied, method="POST", body=body)
    assert request.body == '{"auth": {"user": "ada", "key": "canary-secret-key"}, "n": [1]}'


def test_a_body_that_is_no_json_is_left_alone(proxied: Proxied) -> None:
    proxied.use("API_KEY", BASE + '[api.body]\nkey = "${apiKey}"\n')
    assert asked(proxied, method="POST", body="a=1&b=2").body == "a=1&b=2"


def test_the_integration_places_the_key_where_the_entry_leaves_it_to_it(proxied: Proxied) -> None:
    body = {"provider": "private-api-generic", "unique_key": "own"}
    config = {"keyName": "X-Own", "valueTemplate": "Own ${apiKey}"}
    base = {"baseUrl": "https://own.example.com/base"}
    made = proxied.tenant.call(
        "POST", "/integrations", {**body, "integration_config": {**config, **base}}
    )
    assert made.status == 200, made.text
    proxied.stored.make(
        integration="own",
        provider="private-api-generic",
        credentials_type="API_KEY",
        auth_mode="API_KEY",
        values=CREDENTIALS["API_KEY"],
    )
    # Tests resolve no names of other machines, so this says how far it got.
    assert proxied.refusal(provider_config_key="own") == (502, "upstream_failed")


@pytest.mark.parametrize(("mode", "method"), [("OAUTH1", "HMAC-SHA1"), ("TBA", "HMAC-SHA256")])
def test_oauth1_signs_each_request(mode: str, method: str, proxied: Proxied) -> None:
    declared = '[connection_config.accountId]\ntitle = "Account"\n'
    entry = BASE + (declared if mode == "TBA" else "")
    proxied.use(mode, entry, connection_config={"accountId": "123-sb1"})
    request = asked(proxied, "/things?a=1")
    header = request.headers["authorization"]
    assert header.startswith('OAuth realm="123_SB1"' if mode == "TBA" else "OAuth oauth_")
    assert f'oauth_signature_method="{method}"' in header
    assert 'oauth_token="t-1"' in header


AWS = (
    BASE
    + """headers = { x-amz-date = "${now:YYYYMMDDTHHmmss[Z]}" }
[request_signing]
kind = "aws_sigv4"
key_id = "${credentials.username}"
key = "${credentials.password}"
region = "eu-west-1"
service = "inspector2"
"""
)


def test_aws_requests_are_signed_last_and_keys_stay_here(proxied: Proxied) -> None:
    proxied.use("BASIC", AWS)
    request = asked(proxied, "/things?b=2&a=1:x", nango_proxy_x_custom="1")
    header = request.headers["authorization"]
    assert header.startswith("AWS4-HMAC-SHA256 Credential=ada/")
    assert "/eu-west-1/inspector2/aws4_request" in header
    assert "x-amz-date" in header and "x-custom" in header
    assert request.path == "/v1/things?a=1%3Ax&b=2"
    assert PAIR not in str(request.headers)


def test_a_digest_covers_the_request_and_is_the_password(proxied: Proxied) -> None:
    entry = (
        BASE
        + """headers = { date = "${now:rfc2822}" }
[request_signing]
kind = "hmac"
key = "${credentials.password}"
algorithm = "sha1"
encoding = "hex"
lines = ["${now:rfc2822}", "${method}", "${host}", "${path}", "${params}"]
separator = "\\n"
sent_as = "basic_password"
basic_user = "${credentials.username}"
"""
    )
    proxied.use("BASIC", entry)
    request = asked(proxied, "/things?b=2&a=1")
    host = proxied.api.url.removeprefix("http://")
    import hashlib
    import hmac

    lines = [request.headers["date"], "GET", host, "/v1/things", "a=1&b=2"]
    signature = hmac.digest(b"canary-secret-password", "\n".join(lines).encode(), hashlib.sha1)
    pair = base64.b64encode(f"ada:{signature.hex()}".encode()).decode()
    assert request.headers["authorization"] == f"Basic {pair}"
