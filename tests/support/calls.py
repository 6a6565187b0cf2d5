"""Calls of the API with a key or session of the test's choosing, and odd bodies to send."""

from typing import Any

from tests.support.stack import Response, RunningStack


def call(stack: RunningStack, key: str, method: str, path: str, body: Any = None) -> Response:
    """A request with this bearer token."""
    return stack.http(method, path, headers={"authorization": f"Bearer {key}"}, body=body)


def error_of(response: Response) -> tuple[int, str]:
    """Status and code of an error answer."""
    return response.status, str(response.json()["error"]["code"])


def problem_of(response: Response) -> tuple[str, list[str]]:
    """Code and path of the one problem with a body."""
    assert error_of(response) == (400, "invalid_body"), response.text
    (problem,) = response.json()["error"]["errors"]
    return problem["code"], problem["path"]


def refuses_odd_bodies(stack: RunningStack, key: str, method: str, path: str) -> None:
    """Assert what every route with a JSON body says to one that it should not read."""
    authorization = {"authorization": f"Bearer {key}"}

    def send(body: str, content_type: str = "application/json") -> tuple[int, str]:
        headers = {**authorization, "content-type": content_type}
        return error_of(stack.http(method, path, headers=headers, body=body))

    assert send('{"environment_id":"x"') == (400, "invalid_json")
    assert send('{"a":1,"a":2}') == (400, "invalid_json")
    assert send("[" * 100 + "]" * 100) == (400, "invalid_json")
    assert send("[]") == (400, "invalid_body")
    assert send('"text"') == (400, "invalid_body")
    assert send('{"x":"' + "y" * 262_144 + '"}') == (413, "payload_too_large")
    assert send("name=x", "application/x-www-form-urlencoded") == (415, "invalid_content_type")
    for name in ("environment_id", "id", "created_at", "status", "sealed_client_secret"):
        answer = stack.http(method, path, headers=authorization, body={name: "canary-secret"})
        assert error_of(answer) == (400, "invalid_body")
        assert "canary-secret" not in answer.text
        codes = [problem["code"] for problem in answer.json()["error"]["errors"]]
        assert "unrecognized_keys" in codes
