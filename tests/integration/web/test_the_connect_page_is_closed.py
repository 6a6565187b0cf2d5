"""Requirements 26, 28 and 30."""

import re

import pytest

from tests.support.stack import RunningStack

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "data:",
    "connect-src": "'self' wss://carrick.example",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
PAGES = ["/connect", "/connect/", "/connect/?session_token=nango_connect_session_x"]
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
# Names of XML vocabularies, which nothing is loaded from.
VOCABULARIES = {
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
}


def policy_of(header: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


def files_of(stack: RunningStack) -> dict[str, str]:
    """Every file that the page or another file of it names, with its text."""
    found: dict[str, str] = {}
    wanted = re.findall(r'(?:src|href)="\./([^"]+)"', stack.http("GET", "/connect/").text)
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = stack.http("GET", f"/connect/{name}").text
            wanted += re.findall(r"\./([\w-]+\.(?:js|css))", found[name])
    return found


def test_the_page_comes_with_a_policy_and_is_never_kept(stack: RunningStack) -> None:
    for path in [*PAGES, "/connect/index.html"]:
        answer = stack.http("GET", path)
        assert answer.status == 200, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert policy_of(answer.headers["content-security-policy"]) == POLICY
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers


def test_its_files_may_be_kept_for_they_are_named_by_what_they_hold(stack: RunningStack) -> None:
    kinds = {".css": "text/css", ".js": "text/javascript"}
    names = files_of(stack)
    assert {name.rpartition(".")[2] for name in names} == {"css", "js"}
    for name in names:
        answer = stack.http("GET", f"/connect/{name}")
        assert answer.status == 200, name
        assert answer.headers["content-type"] == f"{kinds[name[name.rindex('.') :]]}; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert re.fullmatch(r"[a-z]+-[\w-]{8}\.(js|css)", name), name


def test_the_page_finds_its_files_from_each_of_its_addresses(stack: RunningStack) -> None:
    below = re.findall(r'(?:src|href)="\./([^"]+)"', stack.http("GET", "/connect/").text)
    at_connect = re.findall(r'(?:src|href)="connect/([^"]+)"', stack.http("GET", "/connect").text)
    assert at_connect == below
    assert below


def test_the_page_needs_nothing_from_elsewhere(stack: RunningStack) -> None:
    page = stack.http("GET", "/connect/").text
    references = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(each == "data:," or each.startswith("./") for each in references)
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"\son\w+=|style=|<style", page)
    for name, text in files_of(stack).items():
        assert set(re.findall(r"[a-z]+://[\w./]+", text)) <= VOCABULARIES, name


def test_nothing_that_is_shown_can_become_markup(stack: RunningStack) -> None:
    for name, text in files_of(stack).items():
        for dangerous in ("insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert dangerous not in text, (name, dangerous)


@pytest.mark.parametrize(
    "origins", ["https://app.example", "https://app.example https://b.example:8443"]
)
def test_who_may_embed_it_is_configured(stack: RunningStack, origins: str) -> None:
    stack.function("web", CONNECT_ORIGINS=origins)
    answer = stack.http("GET", "/connect/")
    policy = policy_of(answer.headers["content-security-policy"])
    assert policy == {**POLICY, "frame-ancestors": origins}
    assert "x-frame-options" not in answer.headers
    assert f'<meta name="framed-by" content="{origins}">' in answer.text


@pytest.mark.parametrize(
    "origins",
    ["*", "https://*.example", "https://app.example; script-src *", "app.example", "'self'"],
)
def test_a_setting_that_could_widen_the_policy_is_refused(
    stack: RunningStack, origins: str
) -> None:
    with pytest.raises(ValueError, match="CONNECT_ORIGINS"):
        stack.function("web", CONNECT_ORIGINS=origins)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/live", "wss://carrick.example"), ("wss://live.example/socket", "wss://live.example")],
)
def test_the_websocket_may_be_reached_where_it_is(
    stack: RunningStack, path: str, allowed: str
) -> None:
    stack.function("web", WEBSOCKETS_PATH=path)
    policy = policy_of(stack.http("GET", "/connect/").headers["content-security-policy"])
    assert policy["connect-src"] == f"'self' {allowed}"


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
