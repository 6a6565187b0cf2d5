import pytest

from tests.integration.proxy.conftest import Proxied

NOT_ALLOWED = (400, "base_url_override_not_allowed")
TWO_BASES = '[api]\nbase_url = "{url}/v1"\nbase_url_fallbacks = ["{elsewhere}/v2"]\n'


def allow(proxied: Proxied, *hosts: str) -> None:
    answer = proxied.tenant.call("PATCH", "/integrations/test", {"allowed_hosts": list(hosts)})
    assert answer.status == 200, answer.text


def test_another_base_of_the_entry_may_be_named(proxied: Proxied) -> None:
    proxied.use("OAUTH2", TWO_BASES)
    proxied.ask(base_url_override=f"{proxied.elsewhere.url}/v9/")
    assert proxied.elsewhere.asked[0].path == "/v9/things"
    assert proxied.elsewhere.asked[0].headers["authorization"] == "Bearer canary-secret-access"


@pytest.mark.parametrize(
    "override",
    [
        "https://evil.example",
        "http://169.254.169.254/latest",
        "http://127.0.0.1:9001",
        "http://10.0.0.1",
        "http://[::1]:9001",
        "ftp://evil.example",
        "//evil.example",
        "evil.example",
        "{url}@evil.example",
        "https://a:b@evil.example",
        "https://evil.example#{url}",
        "{url}.evil.example",
        "{url}/../x",
        "{url}?x=",
        "{url}\\@evil.example",
    ],
)
def test_a_strange_base_is_refused(override: str, proxied: Proxied) -> None:
    proxied.use()
    override = override.replace("{url}", proxied.api.url)
    assert proxied.refusal(base_url_override=override) == NOT_ALLOWED
    assert proxied.api.asked == proxied.elsewhere.asked == []


def test_the_integration_allows_further_hosts(proxied: Proxied) -> None:
    proxied.use()
    allow(proxied, ".example.com", "one.example.org")
    refused = [
        "https://example.com",
        "https://aexample.com",
        "https://one.example.org.evil.example",
    ]
    for override in refused:
        assert proxied.refusal(base_url_override=override) == NOT_ALLOWED
    for override in ("https://a.example.com/x", "https://one.example.org"):
        # Tests resolve no names of other machines: it was asked for.
        assert proxied.refusal(base_url_override=override) == (502, "upstream_failed")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("off", (400, "base_url_override_disabled")), ("any", (502, "upstream_failed"))],
)
def test_the_operator_decides(policy: str, expected: tuple[int, str], proxied: Proxied) -> None:
    proxied.tenant.stack.set(PROXY_BASE_URL_OVERRIDE=policy)
    proxied.use()
    assert proxied.refusal(base_url_override="https://somewhere.example") == expected
    inner = {"off": expected, "any": NOT_ALLOWED}[policy]
    assert proxied.refusal(base_url_override="https://169.254.169.254") == inner


@pytest.mark.parametrize("path", ["/../x", "/a/..%2f..%2fx", "/%2e%2e/x", "/..%252fx", "/..\\x"])
def test_a_path_cannot_climb(path: str, proxied: Proxied) -> None:
    proxied.use()
    assert proxied.refusal(path) == (400, "invalid_endpoint")
    assert proxied.api.asked == []


def test_an_entry_whose_host_leads_inside_is_refused(proxied: Proxied) -> None:
    proxied.tenant.stack.set(EGRESS_ALLOW_LOOPBACK="0")
    proxied.use()
    assert proxied.refusal() == (400, "egress_refused")


def test_an_entry_without_an_api_says_so(proxied: Proxied) -> None:
    proxied.use("OAUTH2", "pkce = false\n")
    assert proxied.refusal() == (400, "unsupported_provider")


def test_a_redirect_on_the_same_host_keeps_credentials(proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers |= {
        "GET /v1/things": (302, b"", {"location": "/v2/things?x=1"}),
        "GET /v2/things": (200, {"ok": True}),
    }
    assert proxied.ask(nango_proxy_x_mine="1").json() == {"ok": True}
    last = proxied.api.asked[-1]
    assert (last.path, last.headers["x-mine"]) == ("/v2/things?x=1", "1")
    assert last.headers["authorization"] == "Bearer canary-secret-access"


@pytest.mark.parametrize(
    ("header", "stated", "allowed", "goes"),
    [
        ("", "", True, False),
        ("true", "", True, True),
        ("true", "", False, False),
        ("", "forward_headers_on_redirect = true\n", True, True),
        ("", "forward_headers_on_redirect = true\n", False, False),
        ("false", "forward_headers_on_redirect = true\n", True, False),
    ],
)
def test_a_redirect_to_another_host_drops_them(
    header: str, stated: str, allowed: bool, goes: bool, proxied: Proxied
) -> None:
    other = 'base_url_fallbacks = ["{elsewhere}/v2"]\n' if allowed else ""
    proxied.use("OAUTH2", f'[api]\nbase_url = "{{url}}/v1"\n{other}{stated}')
    away = f"{proxied.elsewhere.url}/file"
    proxied.api.answers["GET /v1/things"] = (302, b"", {"location": away})
    proxied.elsewhere.answers["GET /file"] = (200, b"file")
    answer = proxied.ask(
        forward_headers_on_redirect=header,
        nango_proxy_accept="*/*",
        nango_proxy_x_mine="canary-secret",
    )
    assert answer.body == b"file"
    (asked,) = proxied.elsewhere.asked
    assert ("authorization" in asked.headers, "x-mine" in asked.headers) == (goes, goes)
    assert asked.headers["accept"] == "*/*"


def test_a_redirect_does_not_hand_a_body_to_a_stranger(proxied: Proxied) -> None:
    proxied.use()
    away = {"location": f"{proxied.elsewhere.url}/v1/things"}
    proxied.api.answers["POST /v1/things"] = (307, b"", away)
    answer = proxied.ask("/things", "POST", body={"a": 1})
    assert (answer.status, answer.headers["location"]) == (307, away["location"])
    assert proxied.elsewhere.asked == []


def test_a_post_becomes_a_get_where_it_is_sent_on(proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers |= {
        "POST /v1/things": (303, b"", {"location": "/v1/done"}),
        "GET /v1/done": (200, {"ok": True}),
    }
    assert proxied.ask("/things", "POST", body={"a": 1}).json() == {"ok": True}
    assert [(a.method, a.body) for a in proxied.api.asked] == [("POST", '{"a": 1}'), ("GET", "")]


@pytest.mark.parametrize("inside", ["http://169.254.169.254/", "https://10.0.0.1/", "file:///etc"])
def test_a_redirect_inside_is_refused(inside: str, proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers["GET /v1/things"] = (302, b"", {"location": inside})
    assert proxied.refusal() == (400, "proxy_redirect_to_denied_host")


def test_redirects_end(proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers["GET /v1/things"] = (302, b"", {"location": "/v1/things"})
    assert proxied.refusal() == (502, "too_many_redirects")
    assert len(proxied.api.asked) == 6
