"""From an HTTP request to an API Gateway v2 event (payload format 2.0), and back.

Format: "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide.
What it leaves open follows AWS as others have observed it: only ``text/*`` and three
``application`` types come as text, all other bodies in base64; the path comes decoded, the query
as it was sent.
"""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from local import identities
from local.http_messages import JSON, HttpRequest, HttpResponse
from local.resources import Route

TEXT_TYPES = frozenset({"application/json", "application/javascript", "application/xml"})
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NOT_FOUND = HttpResponse(404, (JSON,), b'{"message":"Not Found"}')
INTERNAL_ERROR = HttpResponse(500, (JSON,), b'{"message":"Internal Server Error"}')

Event = dict[str, Any]


def match_route(
    routes: Iterable[Route], method: str, target: str
) -> tuple[Route, dict[str, str]] | None:
    """The most specific route for a request, and its path parameters.

    A literal segment goes before ``{name}``, that before ``{name+}``, that before ``$default``.
    """
    segments = target.partition("?")[0].split("/")[1:]
    best: tuple[tuple[int, ...], Route, dict[str, str]] | None = None
    for route in routes:
        if route.method not in {method, "ANY"}:
            continue
        found = _match_path(route.path, segments)
        if found is not None and (best is None or found[0] < best[0]):
            best = (found[0], route, found[1])
    return None if best is None else (best[1], best[2])


def _match_path(pattern: str, segments: list[str]) -> tuple[tuple[int, ...], dict[str, str]] | None:
    if pattern == "$default":
        return (3,), {}
    parts = pattern.split("/")[1:]
    parameters: dict[str, str] = {}
    rank: list[int] = []
    for index, part in enumerate(parts):
        if part.startswith("{") and part.endswith("+}"):
            rest = "/".join(segments[index:])
            return ((*rank, 2), {**parameters, part[1:-2]: unquote(rest)}) if rest else None
        if index >= len(segments):
            return None
        if part.startswith("{"):
            if not segments[index]:
                return None
            parameters[part[1:-1]] = unquote(segments[index])
            rank.append(1)
        elif part == unquote(segments[index]):
            rank.append(0)
        else:
            return None
    return (tuple(rank), parameters) if len(parts) == len(segments) else None


def to_event(request: HttpRequest, route: Route, parameters: Mapping[str, str]) -> Event:
    """The event that API Gateway would hand to the function of a route."""
    path, _, query = request.target.partition("?")
    headers, cookies = _headers(request)
    event: Event = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _request_context(request, route, headers),
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    if values:
        event["queryStringParameters"] = {name: ",".join(all_) for name, all_ in values.items()}
    if parameters:
        event["pathParameters"] = dict(parameters)
    if request.body:
        event.update(_body(request.body, headers.get("content-type", "")))
    return event


def _headers(request: HttpRequest) -> tuple[dict[str, str], list[str]]:
    """Names in lower case, repeated values joined; cookies apart, one member each."""
    values: dict[str, list[str]] = {}
    cookies: list[str] = []
    for name, value in request.headers:
        if name.lower() == "cookie":
            cookies += [cookie.strip() for cookie in value.split(";") if cookie.strip()]
        elif name.lower() not in {"connection", "transfer-encoding", "expect"}:
            values.setdefault(name.lower(), []).append(value)
    headers = {name: ",".join(all_) for name, all_ in values.items()}
    host, _, port = headers.get("host", "").rpartition(":")
    headers["x-forwarded-for"] = request.client
    headers["x-forwarded-port"] = port if host else "80"
    headers["x-forwarded-proto"] = "http"
    return headers, cookies


def _request_context(
    request: HttpRequest, route: Route, headers: Mapping[str, str]
) -> dict[str, Any]:
    now = datetime.now(UTC)
    host = headers.get("host", "")
    return {
        "accountId": identities.ACCOUNT_ID,
        "apiId": identities.api_id(route.api),
        "domainName": host,
        "domainPrefix": host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": unquote(request.target.partition("?")[0]),
            "protocol": request.version,
            "sourceIp": request.client,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": uuid.uuid4().hex[:15] + "=",
        "routeKey": route.key,
        "stage": "$default",
        # Not strftime: the names of months must not depend on the locale
        "time": f"{now:%d}/{MONTHS[now.month - 1]}/{now:%Y:%H:%M:%S} +0000",
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in TEXT_TYPES:
        try:
            return {"body": body.decode()}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode("ascii"), "isBase64Encoded": True}


def to_response(answer: Any) -> HttpResponse:
    """The HTTP answer for what a function returned; a 500 for what cannot be one."""
    if not isinstance(answer, Mapping) or "statusCode" not in answer:
        # API Gateway infers a 200 from anything else that is JSON
        return HttpResponse(200, (JSON,), json.dumps(answer).encode())
    try:
        headers = [(str(name), str(value)) for name, value in (answer.get("headers") or {}).items()]
        headers += [("set-cookie", str(cookie)) for cookie in answer.get("cookies") or ()]
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("content-type", "text/plain; charset=utf-8"))
        text, is_encoded = answer.get("body") or "", answer.get("isBase64Encoded")
        body = base64.b64decode(text, validate=True) if is_encoded else text.encode()
        return HttpResponse(int(answer["statusCode"]), tuple(headers), body)
    except (AttributeError, TypeError, ValueError):
        return INTERNAL_ERROR
