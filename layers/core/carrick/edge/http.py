"""From an API Gateway v2 event to one function call and back.

API Gateway has matched the route already, and a function's routes are listed in ``template.yaml``:
so this table is keyed by ``routeKey`` and nothing is matched twice (decision 0002). Known errors
become envelopes here and nowhere else; unknown ones a 500 with an id and no detail.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from carrick import clock, identifiers, observability
from carrick.edge import cors
from carrick.edge.caller import PUBLIC, Access, Authenticator, Caller
from carrick.edge.envelope import envelope, status_of
from carrick.edge.query import Query, parse_query
from carrick.errors import (
    CarrickError,
    InvalidRequestError,
    NotFoundError,
    PayloadTooLargeError,
    UnsupportedMediaTypeError,
)
from carrick.models.session import ConnectSession

MAX_BODY_BYTES = 256 * 1024
SECURITY_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
}

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What an action gets: already authorized, nothing parsed that the action does not ask for."""

    event: Event = field(repr=False)
    route: str
    path: Mapping[str, str]
    caller: Caller | None
    base_url: str
    context: Any = field(repr=False, default=None)

    def seconds_left(self) -> float:
        """What is left of this invocation."""
        return float(self.context.get_remaining_time_in_millis()) / 1000

    @property
    def raw_query(self) -> str:
        return str(self.event.get("rawQueryString") or "")

    @property
    def query(self) -> Query:
        return parse_query(self.raw_query)

    @property
    def headers(self) -> Mapping[str, str]:
        return self.event.get("headers") or {}

    @property
    def cookies(self) -> Mapping[str, str]:
        """Cookies by name. Gateways give a list; some emulators only the header."""
        pairs = self.event.get("cookies") or self.headers.get("cookie", "").split(";")
        split = (pair.strip().partition("=") for pair in pairs)
        return {name: value for name, separator, value in split if separator}

    @property
    def body(self) -> bytes:
        """The raw body. Raises ``PayloadTooLargeError`` over 256 KiB."""
        return self.body_up_to(MAX_BODY_BYTES)

    def body_up_to(self, limit: int) -> bytes:
        """The raw body. Raises ``PayloadTooLargeError`` if it has more bytes than that."""
        text, too_large = self.event.get("body") or "", f"The body is over {limit // 1024} KiB."
        if len(text) > limit * 2:
            raise PayloadTooLargeError(too_large)
        try:
            data = (
                base64.b64decode(text, validate=True)
                if self.event.get("isBase64Encoded")
                else text.encode()
            )
        except ValueError as error:  # no base64, or half a surrogate pair
            raise InvalidRequestError("The body cannot be read.", code="invalid_json") from error
        if len(data) > limit:
            raise PayloadTooLargeError(too_large)
        return data

    @property
    def authorized(self) -> Caller:
        """The caller of a route that is not public."""
        if self.caller is None:
            raise NotFoundError("This route has no caller.")
        return self.caller

    @property
    def session(self) -> ConnectSession:
        """The connect session of a route that takes nothing else."""
        if self.authorized.session is None:
            raise NotFoundError("This route has no session.")
        return self.authorized.session


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. ``body`` is text; use ``json_response`` for JSON. ``content`` is for bytes."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    content: bytes = b""

    def to_event(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "statusCode": self.status,
            "headers": {**SECURITY_HEADERS, **self.headers},
            "body": self.body,
            "isBase64Encoded": False,
        }
        if self.content:
            answer |= {"body": base64.b64encode(self.content).decode(), "isBase64Encoded": True}
        if self.cookies:
            answer["cookies"] = list(self.cookies)
        return answer


def json_response(status: int, value: Any) -> Response:
    """A JSON answer, compact, non-ASCII as it is."""
    return Response(
        status,
        json.dumps(value, separators=(",", ":"), ensure_ascii=False),
        {"content-type": "application/json; charset=utf-8"},
    )


Action = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Route:
    action: Action
    access: Access
    on_error: Callable[[Request, CarrickError], Response] | None


class Api:
    """The routes of one function.

    ``authenticator`` and ``base_url`` are functions because they read settings, and nothing may be
    read or connected at import.
    """

    def __init__(
        self,
        *,
        authenticator: Callable[[], Authenticator] | None = None,
        base_url: Callable[[], str] | None = None,
    ) -> None:
        self._authenticator = authenticator
        self._base_url = base_url
        self.routes: dict[str, Route] = {}

    def route(
        self,
        key: str,
        access: Access,
        *,
        on_error: Callable[[Request, CarrickError], Response] | None = None,
    ) -> Callable[[Action], Action]:
        """Register an action for ``METHOD /path``. ``on_error`` shows errors as a page."""

        def register(action: Action) -> Action:
            self.routes[key] = Route(action, access, on_error)
            return action

        return register

    def preflight(self, path: str, *methods: str) -> None:
        """Let pages of other origins ask for ``path`` by these methods (Fetch Standard §3.2.2)."""
        answer = Response(204, headers=cors.preflight_headers(methods))
        self.routes[f"OPTIONS {path}"] = Route(lambda _: answer, PUBLIC, None)

    def __call__(self, event: Event, context: object) -> dict[str, Any]:
        """Answer one event; the ``lambda_handler`` of a function."""
        started = clock.monotonic()
        request = Request(event, str(event.get("routeKey", "")), _path(event), None, "", context)
        response, code = self._answer(request)
        observability.info(
            "request",
            route=request.route,
            status=response.status,
            code=code,
            duration_ms=round((clock.monotonic() - started) * 1000, 1),
        )
        return response.to_event()

    def _answer(self, request: Request) -> tuple[Response, str]:
        route = self.routes.get(request.route)
        code = ""
        try:
            if route is None:
                raise NotFoundError("No such route.")
            request = replace(request, base_url=self._base_url_of(request.event))
            if route.access.needs_caller:
                caller = self._authenticate(request, route.access)
                request = replace(request, caller=caller)
                cors.check_origin(request.headers, caller, request.base_url)
            _check_content_type(request, route)
            response = route.action(request)
        except CarrickError as error:
            code = error.code
            if route is not None and route.on_error is not None:
                response = route.on_error(request, error)
            else:
                response = json_response(status_of(error), envelope(error))
        except Exception as error:
            code = "generic_error_support"
            response = self._unexpected(request, route, error)
        return _readable(response, request, route), code

    def _authenticate(self, request: Request, access: Access) -> Caller:
        assert self._authenticator is not None
        return self._authenticator().authenticate(request.headers, request.raw_query, access)

    def _unexpected(self, request: Request, route: Route | None, error: Exception) -> Response:
        reference = identifiers.new_operation_id()
        observability.error(
            "unexpected_error", exception=error, route=request.route, operation_id=reference
        )
        shown = CarrickError(f"Something went wrong. Reference: {reference}")
        if route is not None and route.on_error is not None:
            return route.on_error(request, shown)
        body = {"code": "generic_error_support", "message": shown.message, "payload": reference}
        return json_response(500, {"error": body})

    def _base_url_of(self, event: Event) -> str:
        """Configured, or the API's own address. Never the ``Host`` header (RFC 9700 §4.1)."""
        configured = self._base_url() if self._base_url is not None else ""
        if configured:
            return configured.rstrip("/")
        api = event.get("requestContext", {}).get("apiId", "")
        return f"https://{api}.execute-api.{_region()}.amazonaws.com"


def _readable(response: Response, request: Request, route: Route | None) -> Response:
    if route is None:
        return response
    added = cors.answer_headers(request.headers, route.access, request.caller)
    return replace(response, headers={**response.headers, **added}) if added else response


def _region() -> str:
    from carrick import settings  # noqa: PLC0415 - only when no base URL is configured

    return settings.region()


def _path(event: Event) -> dict[str, str]:
    """Path parameters, percent-decoded once: the gateway hands some through encoded."""
    return {name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()}


def _check_content_type(request: Request, route: Route) -> None:
    if not route.access.json_only or not request.event.get("body"):
        return
    content_type = request.headers.get("content-type", "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError("Send the body as application/json.")
