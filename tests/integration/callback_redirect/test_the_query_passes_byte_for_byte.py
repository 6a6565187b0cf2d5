import pytest

from tests.support.stack import Response, RunningStack

TARGET = "https://carrick.example/oauth/callback"
QUERIES = [
    "code=a&state=b",
    "code=4%2F0Ab%2fcd+e%20f&state=%41",
    "a=1&a=2&a[]=3&a%5B%5D=4",
    "&&=&%&%zz&a==b;c",
    "q='%22<>`{}|\\^~!*()",
    "redirect=https://evil.example/?x=y&url=//evil.example#no",
    "crlf=%0d%0aSet-Cookie:%20a=b",
    "utf=%E2%9C%93&bad=%FF%FE",
    "long=" + "x" * 10_000,
]
PATHS = [
    ("/oauth-callback", TARGET),
    ("/oauth-callback/github", f"{TARGET}/github"),
    ("/oauth-callback/My%20app%3A1@x", f"{TARGET}/My%20app%3A1%40x"),
]
NO_NAMES = (
    ".",
    "..",
    "%2e%2e",
    "a%2Fb",
    "a%5Cb",
    "a%23b",
    "a%3Fb",
    "%0d%0a",
    "%00",
    "x" * 256,
    "a%252Fb",
)
HOSTILE = {
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-forwarded-prefix": "/evil",
    "forwarded": "host=evil.example",
    "origin": "https://evil.example",
}


def ask(stack: RunningStack, path: str, method: str = "GET", **options: object) -> Response:
    return stack.http(method, path, api="CallbackHttpApi", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_with_method_and_body_kept(stack: RunningStack, method: str) -> None:
    body = b"code=a&state=b" if method == "POST" else None
    for path, target in PATHS:
        for query in QUERIES:
            answer = ask(stack, f"{path}?{query}", method, body=body)
            assert answer.status == 308
            assert answer.headers["location"] == f"{target}?{query}"
            assert (answer.body, answer.set_cookies) == (b"", ())
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["referrer-policy"] == "no-referrer"


def test_without_a_query_there_is_none(stack: RunningStack) -> None:
    for path, target in PATHS:
        assert ask(stack, path).headers["location"] == target


def test_the_target_is_not_taken_from_the_request(stack: RunningStack) -> None:
    answer = ask(stack, "/oauth-callback?state=b", headers=HOSTILE)
    assert answer.headers["location"] == f"{TARGET}?state=b"
    assert "evil" not in f"{answer.headers}"


def test_a_name_that_no_integration_has_is_not_found(stack: RunningStack) -> None:
    for name in NO_NAMES:
        answer = ask(stack, f"/oauth-callback/{name}?code=a")
        assert answer.status == 404, name
        assert "location" not in answer.headers


def test_other_methods_and_paths_have_no_answer(stack: RunningStack) -> None:
    for method, path in (("PUT", "/oauth-callback"), ("GET", "/"), ("GET", "/oauth-callback/a/b")):
        assert ask(stack, path, method).status == 404
