"""Requirements 12, 14 and 31."""

import json
from pathlib import Path

from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.browser import Browser
from tests.support.calls import call
from tests.support.stack import Response
from tests.support.tenant import Tenant

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "'\"><svg/onload=alert(1)>",
    "\u2028\u2029{{7*7}}",
    "\x00\x1b[31m",
)


def is_closed(page: Response) -> None:
    """A page that runs nothing but its own, is not framed and not kept."""
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "cross-origin-opener-policy" not in page.headers


def test_an_error_is_told_to_everybody_who_waits(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    token = tenant.session(allowed_origins=["https://app.example"])
    browser = Browser(tenant).start(token)
    page = browser.deny(
        error="access_denied",
        error_description="The user said no",
        error_uri="https://evil.example/more",
    )
    text = "The provider did not authorize this connection: access_denied: The user said no"

    assert page.status == 400
    is_closed(page)
    assert f"<p>{text}</p>" in page.text
    assert '"origins": ["https://carrick.example", "https://app.example"]' in page.text
    assert "nango_oauth_callback_error" in page.text
    assert "evil.example" not in page.text
    session = call(tenant.stack, token, "GET", "/connect/session").json()["data"]
    assert session["result"].pop("ended_at")
    assert session["result"] == {
        "status": "error",
        "integration_id": "test",
        "error_type": "callback_err",
        "error_description": text,
    }
    (event,) = tenant.stack.items("OutboxTable")
    assert (event["operation"], event["success"]) == ("creation", False)
    assert (event["error_type"], event["error_description"]) == ("invalid_callback", text)
    assert "evil.example" not in tenant.stack.everything_stored()
    assert server.requests == []


def test_hostile_texts_stay_texts_and_short(tenant: Tenant) -> None:
    token = tenant.session()
    for text in HOSTILE:
        page = Browser(tenant).start(token).deny(error=text, error_description=text * 100)
        assert page.status == 400
        is_closed(page)
        assert page.text.count("<script") == 2
        assert page.text.count("</script>") == 2
        for tag in ("<img", "<svg", "onerror=alert(1)>", "\x1b", "\x00"):
            assert tag not in page.text
        assert len(page.text) < 6_000
    for event in tenant.stack.items("OutboxTable"):
        assert event["error_description"].isprintable()
        assert len(event["error_description"]) <= 300


def test_a_hundred_kilobytes_are_not_read(tenant: Tenant, server: AuthorizationServer) -> None:
    browser = Browser(tenant).start()
    page = browser.deny(error="x", error_description="y" * 100_000)
    assert page.status == 413
    is_closed(page)
    assert len(page.text) < 6_000
    assert browser.back(browser.approve(server)).status == 200


def test_an_empty_answer_is_none(tenant: Tenant, server: AuthorizationServer) -> None:
    token = tenant.session()
    for params in ({}, {"code": ""}, {"error": ""}, {"code": "c", "error": "x"}):
        assert Browser(tenant).start(token).deny(**params).status == 400
    assert server.requests == []


JSON = {"content-type": "application/json"}
ODD_ANSWERS: list[tuple[tuple[int, dict[str, str], bytes], str]] = [
    ((200, JSON, b'{"error":"bad_verification_code"}'), "request_token_external_error"),
    ((200, JSON, b'{"ok":false,"error":"invalid_code"}'), "request_token_external_error"),
    ((400, JSON, b'{"error":"invalid_grant"}'), "request_token_external_error"),
    ((401, JSON, b'{"error":"invalid_client"}'), "request_token_external_error"),
    ((400, JSON, b'{"error":"what_is_this"}'), "unrecognized_provider_error"),
    ((503, {"content-type": "text/html"}, b"<h1>later</h1>"), "unusable_provider_answer"),
    ((302, {"location": "https://evil.example/"}, b""), "unusable_provider_answer"),
    ((200, JSON, b"[]"), "unusable_provider_answer"),
    ((200, JSON, b""), "unusable_provider_answer"),
    ((200, JSON, b'{"access_token":""}'), "unusable_provider_answer"),
    ((200, JSON, b'{"access_token":["canary-secret"]}'), "unusable_provider_answer"),
    ((200, JSON, b'{"access_token":"canary-secret\\n"}'), "unusable_provider_answer"),
    ((200, JSON, b'{"access_token":"a","token_type":"DPoP"}'), "request_token_external_error"),
    ((200, JSON, b'{"access_token":"' + b"a" * 140_000 + b'"}'), "egress_failed"),
]


def test_an_answer_that_is_no_token_is_a_failure_with_a_name(
    tenant: Tenant, server: AuthorizationServer
) -> None:
    token = tenant.session()
    for answer, error_type in ODD_ANSWERS:
        server.switches.answer = answer
        browser = Browser(tenant).start(token)
        page = browser.back(browser.approve(server))
        assert page.status == 400, answer
        is_closed(page)
        result = call(tenant.stack, token, "GET", "/connect/session").json()["data"]["result"]
        assert (result["status"], result["error_type"]) == ("error", error_type), answer
        assert "canary-secret" not in json.dumps(result) + page.text
    assert tenant.stack.items("ConnectionsTable") == []
    assert len(tenant.stack.items("OutboxTable")) == len(ODD_ANSWERS)


def test_a_life_that_makes_no_sense_is_unknown(tenant: Tenant, server: AuthorizationServer) -> None:
    for expires_in, is_known in ((3600, True), ("3600", True), (-1, False), (1e30, False)):
        server.switches.expires_in = expires_in
        connection_id = tenant.connect(server)
        assert ("expires_at" in tenant.read(connection_id).json()["credentials"]) is is_known


def test_a_provider_that_is_not_there_is_a_failure(
    tenant: Tenant, server: AuthorizationServer, tmp_path: Path
) -> None:
    write_provider(tmp_path, server.url, token_url='"http://127.0.0.1:1/token"')
    browser = Browser(tenant).start()
    page = browser.back(browser.approve(server))
    assert page.status == 400
    assert "No connection to 127.0.0.1" in page.text
    (event,) = tenant.stack.items("OutboxTable")
    assert (event["success"], event["error_type"]) == (False, "egress_failed")
