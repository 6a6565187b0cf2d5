import time
from datetime import UTC, datetime

import pytest

from tests.integration.proxy.conftest import Proxied
from tests.support.authorization_server import running_authorization_server
from tests.support.scripted_api import Answer

NOW = {"retry-after": "0"}
GOOD: Answer = (200, {"ok": True})
BASE = '[api]\nbase_url = "{url}/v1"\n'


def failing(proxied: Proxied, *answers: Answer, method: str = "GET") -> None:
    proxied.api.answers[f"{method} /v1/things"] = [*answers, GOOD]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_if_the_caller_asks_for_it(status: int, proxied: Proxied) -> None:
    proxied.use()
    failing(proxied, (status, {}, NOW), (status, {}, NOW))
    assert proxied.ask(retries="2").status == 200
    assert len(proxied.api.asked) == 3


def test_no_more_often_than_asked(proxied: Proxied) -> None:
    proxied.use()
    failing(proxied, *[(503, {}, NOW)] * 5)
    assert proxied.ask().status == 503
    assert proxied.ask(retries="1").status == 503
    assert len(proxied.api.asked) == 3


@pytest.mark.parametrize(
    ("retry_on", "status", "tries"), [("", 404, 1), ("404,409", 404, 2), ("404, 409", 400, 1)]
)
def test_statuses_are_the_callers(retry_on: str, status: int, tries: int, proxied: Proxied) -> None:
    proxied.use()
    failing(proxied, (status, {}, NOW))
    proxied.ask(retries="1", retry_on=retry_on)
    assert len(proxied.api.asked) == tries


def test_statuses_of_the_entry_replace_the_usual_ones(proxied: Proxied) -> None:
    proxied.use("OAUTH2", BASE + '[api.retry]\nstatuses = ["403", "5xx"]\n')
    failing(proxied, (403, {}, NOW), (502, {}, NOW), (429, {}, NOW))
    assert proxied.ask(retries="5").status == 429


def test_a_spent_allowance_is_a_reason(proxied: Proxied) -> None:
    proxied.use("OAUTH2", BASE + '[api.retry]\nremaining_headers = ["x-left"]\n')
    failing(proxied, (403, {}, {**NOW, "x-left": "0"}), (403, {}, {**NOW, "x-left": "1"}))
    assert proxied.ask(retries="5").status == 403
    assert len(proxied.api.asked) == 2


def test_a_post_is_sent_again_as_it_was(proxied: Proxied) -> None:
    proxied.use()
    failing(proxied, (503, {}, NOW), method="POST")
    assert proxied.ask("/things", "POST", body={"a": 1}, retries="1").status == 200
    assert [asked.body for asked in proxied.api.asked] == ['{"a": 1}'] * 2


@pytest.mark.parametrize(
    ("stated", "headers", "body"),
    [
        ("", {"retry-after": "3600"}, {}),
        ('after_headers = ["x-wait"]', {"x-wait": "3600", "retry-after": "0"}, {}),
        ('at_headers = ["x-reset"]', {"x-reset": str(int(time.time()) + 3600)}, {}),
        ('at_headers = ["x-reset"]', {"x-reset": str(int(time.time() * 1000) + 3_600_000)}, {}),
        (
            'in_body = { path = "error.message", after_text = "Retry after ", means = "at" }',
            {},
            {"error": {"message": f"Slow. Retry after {datetime(2100, 1, 1, tzinfo=UTC)}"}},
        ),
    ],
    ids=["retry-after", "seconds", "moment", "milliseconds", "body"],
)
def test_a_wait_that_does_not_fit_is_left_to_the_caller(
    stated: str, headers: dict[str, str], body: object, proxied: Proxied
) -> None:
    proxied.use("OAUTH2", BASE + f"[api.retry]\n{stated}\n")
    if body and "at" in stated:
        body = {"error": {"message": "Slow. Retry after 2100-01-01T00:00:00Z, please"}}
    failing(proxied, (429, body, headers))
    began = time.monotonic()
    answer = proxied.ask(retries="3")
    assert answer.status == 429
    assert {name: answer.headers[name] for name in headers} == headers
    assert len(proxied.api.asked) == 1
    assert time.monotonic() - began < 20


def refreshable(proxied: Proxied, **more: object) -> None:
    proxied.use(values={"refresh_token": "canary-secret-refresh-of-c-1"}, refreshable=True, **more)


def test_a_refused_token_is_renewed_once(proxied: Proxied) -> None:
    with running_authorization_server() as server:
        server.live_refresh_tokens.add("canary-secret-refresh-of-c-1")
        refreshable(proxied, entry=BASE.replace("{url}", proxied.api.url))
        path = proxied.folder / "proxied.toml"
        text = path.read_text("utf-8").replace(f"{proxied.api.url}/token", f"{server.url}/token")
        path.write_text(text, "utf-8")
        failing(proxied, (401, {}), (401, {}))
        assert proxied.ask().status == 401
        first, second = (asked.headers["authorization"] for asked in proxied.api.asked)
        assert first == "Bearer canary-secret-access-0"
        assert second == f"Bearer {proxied.stored.access_token()}" != first
        assert len(server.refreshes()) == 1

        # A token that is young was not refused for its age.
        failing(proxied, (401, {}))
        assert proxied.ask().status == 401
        assert len(server.refreshes()) == 1


def test_a_token_that_cannot_be_renewed_leaves_the_providers_answer(proxied: Proxied) -> None:
    proxied.use()
    failing(proxied, (401, {"error": "theirs"}))
    answer = proxied.ask()
    assert (answer.status, answer.json()) == (401, {"error": "theirs"})
    assert len(proxied.api.asked) == 1


def test_a_refresh_that_fails_leaves_the_providers_answer(proxied: Proxied) -> None:
    refreshable(proxied)
    proxied.api.answers["POST /token"] = (400, {"error": "invalid_grant"})
    failing(proxied, (401, {"error": "theirs"}))
    assert proxied.ask().json() == {"error": "theirs"}
    assert proxied.stored.told() == [("refresh", False)]
