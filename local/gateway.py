"""The HTTP APIs of the stack: finds the route, calls its function, answers as API Gateway would."""

from collections.abc import Callable

from local.events import INTERNAL_ERROR, NOT_FOUND, match_route, to_event, to_response
from local.functions import Functions, describe
from local.http_messages import HttpRequest, HttpResponse
from local.resources import Route


class Gateway:
    """One HTTP API. ``report`` is told of what a function raised: never of the request."""

    def __init__(
        self,
        functions: Functions,
        routes: tuple[Route, ...],
        *,
        report: Callable[[str], None] = print,
    ) -> None:
        self._functions = functions
        self._routes = routes
        self._report = report

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request. Never raises."""
        found = match_route(self._routes, request.method, request.target)
        if found is None:
            return NOT_FOUND
        route, parameters = found
        try:
            answer = self._functions.invoke(route.function, to_event(request, route, parameters))
        except Exception as error:
            self._report(f"{route.key}: {route.function} failed: {describe(error)}")
            return INTERNAL_ERROR
        return to_response(answer)


def routes_of(routes: tuple[Route, ...], api: str) -> tuple[Route, ...]:
    """The routes of one API."""
    return tuple(route for route in routes if route.api == api)
