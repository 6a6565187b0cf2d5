import base64
import json
from typing import Any

import pytest

from carrick.edge.caller import PUBLIC, Access, Authenticator, Caller
from carrick.edge.http import (
    MAX_BODY_BYTES,
    SECURITY_HEADERS,
    Api,
    Request,
    Response,
    json_response,
)
from carrick.errors import (
    CarrickError,
    ConflictError,
    EgressRefusedError,
    FlowError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    PayloadTooLargeError,
    ProviderError,
    RefreshError,
    SealError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
    ValidationFailedError,
)
from tests.support.logs import Logs

BASE_URL = "https://carrick.example"


class Anybody(Authenticator):
    """Admits everybody, as a caller of one environment."""

    def __init__(self) -> None:
        pass

    def authenticate(self, headers: Any, raw_query: str, access: Access) -> Caller:
        return Caller("env")


def answer(action: Any, event: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """What an API of this one route answers to an event."""
    access = options.pop("access", PUBLIC)
    api = Api(authenticator=Anybody, base_url=lambda: options.pop("base_url", BASE_URL))
    api.route("GET /x", access, on_error=options.pop("on_error", None))(action)
    return api({"routeKey": "GET /x", **(event or {})}, None)


def echo(what: str) -> Any:
    return lambda request: json_response(200, getattr(request, what))


def failing(error: Exception) -> Any:
    def action(request: Request) -> Response:
        raise error

    return action


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnauthenticatedError("x"), 401),
        (ForbiddenError("x"), 403),
        (NotFoundError("x"), 404),
        (ConflictError("x"), 409),
        (PayloadTooLargeError("x"), 413),
        (UnsupportedMediaTypeError("x"), 415),
        (InvalidRequestError("x"), 400),
        (FlowError("x"), 400),
        (RefreshError("x"), 424),
        (ProviderError("x"), 424),
        (EgressRefusedError("x"), 424),
        (SealError("x"), 500),
        (CarrickError("x"), 500),
    ],
)
def test_known_errors_have_a_status_and_an_envelope(error: CarrickError, status: int) -> None:
    response = answer(failing(error))
    assert response["statusCode"] == status
    assert json.loads(response["body"]) == {"error": {"code": error.code, "message": "x"}}


def test_fields_that_are_not_as_stated_are_listed() -> None:
    problems = [{"code": "custom", "message": "no", "path": ["a", "0"]}]
    response = answer(failing(ValidationFailedError("invalid_body", problems)))
    assert response["statusCode"] == 400
    assert json.loads(response["body"]) == {"error": {"code": "invalid_body", "errors": problems}}


def test_an_unknown_error_shows_a_reference_and_nothing_else(logs: Logs) -> None:
    response = answer(failing(RuntimeError("canary-secret in a message")))
    error = json.loads(response["body"])["error"]

    assert response["statusCode"] == 500
    assert error["code"] == "generic_error_support"
    assert "canary-secret" not in response["body"] + logs.text
    assert error["payload"].startswith("op_")
    assert error["payload"] in logs.text
    assert "RuntimeError" in logs.text


def test_a_route_for_people_shows_a_page_for_every_error(logs: Logs) -> None:
    def page(request: Request, error: CarrickError) -> Response:
        return Response(418, f"<p>{error.message}</p>")

    assert answer(failing(NotFoundError("gone")), on_error=page)["body"] == "<p>gone</p>"
    unknown = answer(failing(RuntimeError("canary-secret")), on_error=page)
    assert unknown["statusCode"] == 418
    assert "canary-secret" not in unknown["body"]


def test_a_route_that_is_not_in_the_table_is_not_found() -> None:
    api = Api()
    assert api({"routeKey": "GET /y"}, None)["statusCode"] == 404
    assert api({}, None)["statusCode"] == 404


@pytest.mark.parametrize("error", [None, NotFoundError("x"), RuntimeError("x")])
def test_every_answer_is_closed(error: Exception | None) -> None:
    action = failing(error) if error else echo("route")
    headers = answer(action)["headers"]
    assert SECURITY_HEADERS.items() <= headers.items()
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


FORGED = {
    "host": "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-forwarded-uri": "https://evil.example/",
    "forwarded": "host=evil.example",
    "x-original-url": "https://evil.example/",
}
CONTEXT = {"apiId": "abc123", "domainName": "evil.example"}


def test_the_base_url_is_what_is_configured() -> None:
    event = {"headers": FORGED, "requestContext": CONTEXT}
    assert json.loads(answer(echo("base_url"), event)["body"]) == BASE_URL
    assert json.loads(answer(echo("base_url"), event, base_url=f"{BASE_URL}/")["body"]) == BASE_URL


def test_without_one_it_is_the_apis_own_address() -> None:
    event = {"headers": FORGED, "requestContext": CONTEXT}
    body = answer(echo("base_url"), event, base_url="")["body"]
    assert json.loads(body) == "https://abc123.execute-api.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("event", "cookies"),
    [
        ({"cookies": ["a=1", "b=x=y", "novalue", "c="]}, {"a": "1", "b": "x=y", "c": ""}),
        ({"headers": {"cookie": "a=1; b=2"}}, {"a": "1", "b": "2"}),
        ({"cookies": ["a=1"], "headers": {"cookie": "a=2"}}, {"a": "1"}),
        ({}, {}),
    ],
)
def test_cookies_come_as_a_list_or_as_a_header(event: Any, cookies: dict[str, str]) -> None:
    assert json.loads(answer(echo("cookies"), event)["body"]) == cookies


def test_cookies_leave_as_a_list() -> None:
    response = answer(lambda request: Response(200, "", {}, ("a=1; Path=/", "b=2")))
    assert response["cookies"] == ["a=1; Path=/", "b=2"]
    assert "cookies" not in answer(lambda request: Response(200))


def body_of(event: dict[str, Any]) -> dict[str, Any]:
    return answer(lambda request: json_response(200, len(request.body)), event)


@pytest.mark.parametrize("size", [0, 1, MAX_BODY_BYTES])
@pytest.mark.parametrize("is_base64", [True, False])
def test_bodies_come_as_text_or_base64(size: int, is_base64: bool) -> None:
    data = b"x" * size
    text = base64.b64encode(data).decode() if is_base64 else data.decode()
    response = body_of({"body": text, "isBase64Encoded": is_base64})
    assert json.loads(response["body"]) == size


@pytest.mark.parametrize(
    ("body", "is_base64", "status"),
    [
        ("x" * (MAX_BODY_BYTES + 1), False, 413),
        ("é" * (MAX_BODY_BYTES // 2 + 1), False, 413),
        (base64.b64encode(b"x" * (MAX_BODY_BYTES + 1)).decode(), True, 413),
        ("x" * 10_000_000, True, 413),
        ("not base64!", True, 400),
        ("é", True, 400),
        ("\ud800", False, 400),
    ],
    ids=["over", "over-in-bytes", "over-in-base64", "far-over", "no-base64", "no-ascii", "no-text"],
)
def test_bodies_that_cannot_be_taken_are_refused(body: str, is_base64: bool, status: int) -> None:
    assert body_of({"body": body, "isBase64Encoded": is_base64})["statusCode"] == status


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        (None, 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
def test_json_routes_take_json(content_type: str | None, status: int) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    event = {"headers": headers, "body": "{}"}
    assert answer(echo("route"), event, access=Access(any_key=True))["statusCode"] == status


def test_the_log_names_route_and_outcome_and_no_address(logs: Logs) -> None:
    secret = "canary-secret-code"
    event = {
        "rawPath": f"/x/{secret}",
        "rawQueryString": f"code={secret}",
        "headers": {"authorization": secret, "cookie": secret},
        "pathParameters": {"id": secret},
        "body": secret,
    }
    answer(echo("route"), event)
    assert "canary-secret" not in logs.text
    assert '"route":"GET /x"' in logs.text
    assert secret not in repr(Request(event, "GET /x", {}, None, BASE_URL))
