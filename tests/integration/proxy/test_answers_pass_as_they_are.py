import gzip
import socket

import pytest

from carrick.domain.proxy.exchange import Asked, proxy
from carrick.domain.proxy.instructions import Instructions
from carrick.errors import UpstreamTimeoutError
from tests.integration.proxy.conftest import Proxied

BINARY = bytes(range(256))
SENT = {
    "content-type": "image/png",
    "etag": '"1"',
    "link": "<https://api.example.com/2>; rel=next",
    "x-request-id": "r-1",
    "x-ratelimit-remaining": "7",
    "cache-control": "public, max-age=600",
    "set-cookie": "sid=canary-secret",
    "access-control-allow-origin": "*",
    "strict-transport-security": "max-age=1",
    "carrick-error": "forged",
    "keep-alive": "timeout=5",
}


@pytest.mark.parametrize("status", [200, 201, 202, 204, 304, 400, 401, 404, 418, 500, 503])
def test_the_status_is_the_providers(status: int, proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers["GET /v1/things"] = (status, {"error": {"code": "theirs"}})
    answer = proxied.ask()
    assert answer.status == status
    assert "carrick-error" not in answer.headers


def test_headers_and_bytes_are_the_providers(proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers["GET /v1/things"] = (201, BINARY, SENT)
    answer = proxied.ask()
    assert (answer.status, answer.body) == (201, BINARY)
    passed = {name for name in SENT if answer.headers.get(name) == SENT[name]}
    assert passed == {"content-type", "etag", "link", "x-request-id", "x-ratelimit-remaining"}
    assert answer.headers["cache-control"] == "no-store"
    assert "sid" not in str(answer.headers)


def test_a_compressed_answer_comes_decoded(proxied: Proxied) -> None:
    proxied.use()
    sent = {"content-encoding": "gzip", "content-type": "text/csv"}
    proxied.api.answers["GET /v1/things"] = (200, gzip.compress(b"a,b\n"), sent)
    answer = proxied.ask(decompress="true")
    assert answer.body == b"a,b\n"
    assert "content-encoding" not in answer.headers


def test_flattened_as_nango_does_if_the_operator_says_so(proxied: Proxied) -> None:
    proxied.tenant.stack.set(PROXY_RESPONSES="nango")
    proxied.use()
    proxied.api.answers |= {
        "POST /v1/things": (201, BINARY, SENT),
        "DELETE /v1/things": (204, b"", SENT),
        "GET /v1/things": (202, BINARY, {**SENT, "content-disposition": "attachment"}),
        "PUT /v1/things": (409, BINARY, SENT),
    }
    found = {}
    for method in ("POST", "DELETE", "GET", "PUT"):
        answer = proxied.ask("/things", method)
        found[method] = (answer.status, "x-request-id" in answer.headers, "etag" in answer.headers)
    assert found == {
        "POST": (200, True, False),
        "DELETE": (204, True, False),
        "GET": (202, True, True),
        "PUT": (409, True, True),
    }


def test_an_answer_over_the_limit_is_an_error_of_ours(proxied: Proxied) -> None:
    proxied.use()
    proxied.api.answers["GET /v1/things"] = (200, b"x" * (4 * 1024 * 1024 + 1))
    assert proxied.refusal() == (502, "upstream_response_too_large")


def test_an_api_that_is_down_is_an_error_of_ours(proxied: Proxied) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    proxied.use("OAUTH2", f'[api]\nbase_url = "http://127.0.0.1:{port}"\n')
    assert proxied.refusal() == (502, "upstream_failed")


def test_an_api_that_does_not_answer_in_time_is_an_error_of_ours(proxied: Proxied) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        proxied.use("OAUTH2", f'[api]\nbase_url = "http://127.0.0.1:{port}"\n')
        deps = proxied.tenant.stack.function("proxy").dependencies().exchange
        asked = Asked("GET", "things", "", b"", Instructions("test", "c-1", retries=3))
        with pytest.raises(UpstreamTimeoutError):
            proxy(proxied.tenant.environment_id, asked, deps, seconds_left=lambda: 1.2)


def test_nothing_of_a_request_is_logged(proxied: Proxied) -> None:
    proxied.use()
    sent = {"x-theirs": "canary-secret-header"}
    proxied.api.answers["POST /v1/things"] = (400, {"e": "canary-secret-body"}, sent)
    answer = proxied.ask(
        "/things?q=canary-secret-query",
        "POST",
        body={"b": "canary-secret-body"},
        nango_proxy_x_mine="canary-secret-header",
    )
    # The fixture of the stack searches all logs for what is secret.
    assert "canary-secret-body" in answer.text


def test_errors_of_ours_quote_nothing(proxied: Proxied) -> None:
    proxied.use()
    for path in ("/../canary-secret", "/a?b=canary-secret"):
        answer = proxied.ask(path, base_url_override="https://canary-secret@evil.example")
        assert answer.headers["carrick-error"]
        assert "canary-secret" not in answer.text
