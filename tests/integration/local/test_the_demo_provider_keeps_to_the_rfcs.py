"""The demo's authorization server: strict enough that a client that works with it is right."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from local.demo.application import demo_handler
from local.demo.storage import DemoStorage
from local.http_messages import HttpRequest, HttpResponse

URL = "http://localhost:8402"
REDIRECT_URI = "http://localhost:8400/oauth/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().strip("=")
FORM = ("content-type", "application/x-www-form-urlencoded")


class Demo:
    """The demo, called without a network."""

    def __init__(self, path: Path) -> None:
        self.storage = DemoStorage(path, (REDIRECT_URI,))
        self._handle = demo_handler(self.storage, url=URL, signing_keys=list)
        client = self.storage.client
        pair = f"{client.client_id}:{client.client_secret}".encode()
        self.basic = ("authorization", f"Basic {base64.b64encode(pair).decode()}")

    def send(self, method: str, target: str, *headers: tuple[str, str], body: str = "") -> Any:
        pairs = (("host", "localhost:8402"), *headers)
        return self._handle(HttpRequest(method, target, pairs, body.encode()))

    def authorize(self, *, decision: str = "approve", user: str = "ada", **changes: str) -> Any:
        request = {
            "response_type": "code",
            "client_id": self.storage.client.client_id,
            "redirect_uri": REDIRECT_URI,
            "state": "s1",
            "scope": "profile",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | changes
        target = "/authorize?" + urlencode({name: text for name, text in request.items() if text})
        body = urlencode({"decision": decision, "user": user})
        return self.send("POST", target, FORM, body=body)

    def token(self, *headers: tuple[str, str], **form: str) -> tuple[int, dict[str, Any]]:
        response = self.send("POST", "/token", FORM, *headers, body=urlencode(form))
        return response.status, json.loads(response.body)

    def exchange(self, code: str, **changes: str) -> tuple[int, dict[str, Any]]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        } | changes
        return self.token(self.basic, **form)

    def refresh(self, refresh_token: str) -> tuple[int, dict[str, Any]]:
        return self.token(self.basic, grant_type="refresh_token", refresh_token=refresh_token)

    def userinfo(self, token: str) -> int:
        status: int = self.send("GET", "/userinfo", ("authorization", f"Bearer {token}")).status
        return status


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return Demo(tmp_path / "demo.json")


def location(response: HttpResponse) -> dict[str, str]:
    (url,) = (value for name, value in response.headers if name.lower() == "location")
    assert url.startswith(REDIRECT_URI)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def tokens(demo: Demo) -> dict[str, Any]:
    status, answer = demo.exchange(location(demo.authorize())["code"])
    assert status == 200, answer
    return answer


def test_approval_gives_a_code_with_state_and_issuer(demo: Demo) -> None:
    answer = location(demo.authorize())
    assert (answer["state"], answer["iss"]) == ("s1", URL)
    assert answer["code"]


def test_denial_gives_an_error_with_state_and_issuer(demo: Demo) -> None:
    answer = location(demo.authorize(decision="deny"))
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "s1", URL)


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": f"{REDIRECT_URI}/"},
        {"redirect_uri": "https://attacker.example/"},
        {"redirect_uri": ""},
        {"client_id": "somebody"},
    ],
)
def test_a_request_of_nobody_known_is_not_redirected(demo: Demo, changes: dict[str, str]) -> None:
    response = demo.authorize(**changes)
    assert response.status == 400
    assert "location" not in {name.lower() for name, _ in response.headers}


def test_a_code_gives_tokens_for_an_hour(demo: Demo) -> None:
    answer = tokens(demo)
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert answer["refresh_token"]
    assert demo.userinfo(answer["access_token"]) == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": "https://attacker.example/"}, "invalid_grant"),
        ({"code": "guessed"}, "invalid_grant"),
    ],
)
def test_a_code_is_bound_to_its_request(demo: Demo, changes: dict[str, str], error: str) -> None:
    status, answer = demo.exchange(**({"code": location(demo.authorize())["code"]} | changes))
    assert (status, answer["error"]) == (400, error)


def test_a_code_serves_once(demo: Demo) -> None:
    code = location(demo.authorize())["code"]
    assert demo.exchange(code)[0] == 200
    assert demo.exchange(code)[1]["error"] == "invalid_grant"


def test_a_request_without_pkce_is_refused(demo: Demo) -> None:
    code = location(demo.authorize(code_challenge="", code_challenge_method=""))
    assert "code" not in code or demo.exchange(code["code"])[0] == 400


def test_a_wrong_secret_is_refused(demo: Demo) -> None:
    wrong = ("authorization", "Basic " + base64.b64encode(b"demo-client:wrong").decode())
    status, answer = demo.token(wrong, grant_type="refresh_token", refresh_token="x")
    assert (status, answer["error"]) == (401, "invalid_client")


def test_a_refresh_token_serves_once_and_its_reuse_ends_the_family(demo: Demo) -> None:
    first = tokens(demo)
    status, second = demo.refresh(first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert demo.refresh(first["refresh_token"])[1]["error"] == "invalid_grant"
    assert demo.refresh(second["refresh_token"])[1]["error"] == "invalid_grant"
    assert demo.userinfo(second["access_token"]) == 401


def test_one_authorization_does_not_end_with_another(demo: Demo) -> None:
    mine, other = tokens(demo), tokens(demo)
    demo.send("POST", "/revoke", FORM, demo.basic, body=urlencode({"token": mine["refresh_token"]}))
    assert demo.userinfo(mine["access_token"]) == 401
    assert demo.refresh(mine["refresh_token"])[0] == 400
    assert demo.userinfo(other["access_token"]) == 200


def test_tokens_are_known_after_a_restart(demo: Demo, tmp_path: Path) -> None:
    answer = tokens(demo)
    again = Demo(tmp_path / "demo.json")
    assert again.userinfo(answer["access_token"]) == 200
    assert again.refresh(answer["refresh_token"])[0] == 200
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


def test_the_consent_page_shows_what_is_asked_and_runs_nothing(demo: Demo) -> None:
    query = {
        "response_type": "code",
        "client_id": demo.storage.client.client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": "<script>alert(1)</script>",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page = demo.send("GET", "/authorize?" + urlencode(query))
    assert page.status == 200
    assert b"<script>" not in page.body
    assert b"&lt;script&gt;" in page.body
    assert "default-src 'none'" in dict(page.headers)["content-security-policy"]
