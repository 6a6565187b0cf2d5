import pytest

from tests.integration.proxy.conftest import Proxied

BINARY = bytes(range(256))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_method_is_the_callers(method: str, proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers[f"{method} /v1/things"] = (200, {"ok": True})
    answer = proxied.ask("/things", method)
    assert answer.status == 200
    assert (answer.body == b"") == (method == "HEAD")
    assert [asked.method for asked in proxied.api.asked] == [method]


def test_path_and_query_are_the_callers(proxied: Proxied) -> None:
    proxied.use(connection_config={"team": "a b"})
    for path in (
        "/a%20b/%C3%A9?x=%2F+y&x=2&empty=&q=%24%7B",
        "/group%252Fproject",
        "/100%25",
        "/v/${connectionConfig.team}/w?t=%24%7BconnectionConfig.team%7D",
        f"/{proxied.api.url}/v1/repeated",
        "//evil.example/x",
    ):
        proxied.ask(path)
    assert [asked.path for asked in proxied.api.asked] == [
        "/v1/a%20b/%C3%A9?x=%2F+y&x=2&empty=&q=%24%7B",
        "/v1/group%2Fproject",
        "/v1/100%25",
        "/v1/v/a%20b/w?t=a%20b",
        "/v1/repeated",
        "/v1/evil.example/x",
    ]


def test_only_named_headers_go_to_the_provider(proxied: Proxied) -> None:
    proxied.use()
    proxied.ask(
        nango_proxy_accept="text/plain",
        Nango_Proxy_X_Mixed="1",
        nango_proxy_host="evil.example",
        nango_proxy_connection="close, x-hop",
        nango_proxy_x_hop="gone",
        nango_proxy_transfer_encoding="chunked",
        nango_proxy_proxy_authorization="canary-secret",
        nango_is_sync="false",
        nango_activity_log_id="1",
        x_other="1",
        cookie="a=canary-secret",
    )
    (asked,) = proxied.api.asked
    assert asked.headers == {
        "host": proxied.api.url.removeprefix("http://"),
        "user-agent": "Carrick",
        "authorization": "Bearer canary-secret-access",
        "accept": "text/plain",
        "x-mixed": "1",
        "accept-encoding": "gzip",
        "connection": "close",
    }


def test_a_callers_header_wins_but_for_the_entrys_user_agent(proxied: Proxied) -> None:
    base = '[api]\nbase_url = "{url}/v1"\n'
    proxied.use("OAUTH2", base + 'headers = { user-agent = "stated", accept = "stated" }\n')
    proxied.ask(
        nango_proxy_user_agent="mine", nango_proxy_accept="mine", nango_proxy_authorization="mine"
    )
    (asked,) = proxied.api.asked
    said = [asked.headers[name] for name in ("user-agent", "accept", "authorization")]
    assert said == ["stated", "mine", "mine"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"a": 1}'),
        ("application/x-www-form-urlencoded", b"a=%20&b=2"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n" + BINARY + b"\r\n--x--"),
        ("application/octet-stream", BINARY),
    ],
)
def test_a_body_goes_byte_for_byte(content_type: str, body: bytes, proxied: Proxied) -> None:
    proxied.use()
    proxied.ask("/things", "POST", body=body, content_type=content_type)
    (asked,) = proxied.api.asked
    assert (asked.headers["content-type"], asked.content) == (content_type, body)


def test_multipart_keeps_the_boundary_it_was_sent_with(proxied: Proxied) -> None:
    proxied.use()
    sent = "multipart/form-data; boundary=x"
    proxied.ask(
        "/things",
        "POST",
        body=b"--x--",
        content_type=sent,
        nango_proxy_content_type="multipart/form-data",
    )
    assert proxied.api.asked[0].headers["content-type"] == sent


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("provider-config-key", ""),
        ("provider-config-key", "a#b"),
        ("connection-id", ""),
        ("connection-id", "a\tb"),
        ("retries", "-1"),
        ("retries", "101"),
        ("retries", "canary-secret"),
        ("retry-on", "429;503"),
        ("decompress", "yes"),
        ("forward-headers-on-redirect", "1"),
        ("nango-proxy-x", "a\r\nHost: canary-secret"),
        ("nango-proxy-x", "\u2028"),
        ("nango-proxy-a b", "c"),
        ("nango-proxy-", "c"),
    ],
)
def test_a_header_that_is_no_good_is_named(name: str, value: str, proxied: Proxied) -> None:
    proxied.use()
    answer = proxied.ask(**{name: value})
    error = answer.json()["error"]
    assert (answer.status, error["code"]) == (400, "invalid_headers")
    assert [problem["path"] for problem in error["errors"]] == [[name]]
    assert "canary-secret" not in answer.text
    assert proxied.api.asked == []


def test_a_body_over_the_limit_is_refused(proxied: Proxied) -> None:
    proxied.use()
    body = b"x" * (4 * 1024 * 1024 + 1)
    assert proxied.refusal("/things", "POST", body=body) == (413, "payload_too_large")
    assert proxied.api.asked == []
