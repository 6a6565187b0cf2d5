"""Requirements 26, 28 and 30."""

import re

from tests.support.stack import RunningStack

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
FILES = [
    ("/connect", "text/html"),
    ("/connect/", "text/html"),
    ("/connect/?session_token=nango_connect_session_x", "text/html"),
    ("/connect/index.html", "text/html"),
    ("/connect/connect.js", "text/javascript"),
    ("/connect/connect.css", "text/css"),
]
NOTHING = [
    "/connect/app.py",
    "/connect/..%2fapp.py",
    "/connect/..%2f..%2fsession%2fapp.py",
    "/connect/%2e%2e%2fapp.py",
    "/connect/..%5capp.py",
    "/connect/%00",
    "/connect/static",
    "/connect/.",
    "/connect/INDEX.HTML",
    "/connect//index.html",
    "/connect/a/b",
    "/",
    "/unknown",
    "/connections/../connect",
    "/.env",
    "/oauth/callback/a/b",
]


def test_each_file_comes_with_a_policy(stack: RunningStack) -> None:
    for path, content_type in FILES:
        answer = stack.http("GET", path)
        assert answer.status == 200, path
        assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
        policy = answer.headers["content-security-policy"]
        assert dict(part.strip().split(" ", 1) for part in policy.split(";")) == POLICY
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers


def test_the_page_needs_nothing_from_elsewhere(stack: RunningStack) -> None:
    page = stack.http("GET", "/connect/").text
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == [
        "/connect/connect.css",
        "/connect/connect.js",
    ]
    assert "<script>" not in page
    assert not re.search(r"\son\w+=|style=", page)
    for name in ("connect.css", "connect.js"):
        assert "//" not in re.sub(
            r"^\s*//.*$", "", stack.http("GET", f"/connect/{name}").text, flags=re.M
        )


def test_the_token_leaves_the_address_before_anything_is_asked(stack: RunningStack) -> None:
    script = stack.http("GET", "/connect/connect.js").text
    assert script.index("history.replaceState") < script.index("fetch(")
    for dangerous in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert dangerous not in script


def test_nothing_else_is_served(stack: RunningStack) -> None:
    for path in NOTHING:
        answer = stack.http("GET", path)
        assert answer.status == 404, path
        assert answer.json()["error"]["code"] == "not_found"
        assert "def " not in answer.text


def test_unknown_routes_are_not_found_in_json(stack: RunningStack) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = stack.http(method, "/unknown", body={"a": 1})
        assert (answer.status, answer.json()["error"]["code"]) == (404, "not_found"), method
