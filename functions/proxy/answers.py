"""The provider's answer as ours, and refusals that nobody takes for the provider's."""

from carrick.domain.proxy.instructions import NOT_PASSED_ON
from carrick.edge.envelope import envelope, status_of
from carrick.edge.http import SECURITY_HEADERS, Request, Response, json_response
from carrick.errors import CarrickError
from carrick.models.http import InboundResponse

ERROR_HEADER = "carrick-error"
# What speaks of an origin, and would speak of ours; and what says how long our answer may be kept:
# a provider's "public" must not put one tenant's data into a cache for all.
OF_AN_ORIGIN = frozenset(
    {"age", "alt-svc", "clear-site-data", "expires", "pragma", "set-cookie", "set-cookie2"}
)
KEPT_AS_NANGO = frozenset({"content-type", "mcp-session-id", "x-correlation-id", "x-request-id"})


def passed_on(answer: InboundResponse, *, as_nango: bool) -> Response:
    """Status, headers and body as the provider sent them; or flattened as Nango does (§11.3)."""
    headers = {name: value for name, value in answer.headers.items() if _may_pass(name)}
    status = answer.status
    is_file = "content-disposition" in headers
    if as_nango and status < 400 and not is_file:
        status = 204 if status == 204 else 200
        headers = {name: value for name, value in headers.items() if name in KEPT_AS_NANGO}
    return Response(status, headers=headers, content=answer.body)


def refused(request: Request, error: CarrickError) -> Response:
    """An error of ours. The header says so: the provider's own errors pass without it."""
    answer = json_response(status_of(error), envelope(error))
    return Response(answer.status, answer.body, {**answer.headers, ERROR_HEADER: error.code})


def _may_pass(name: str) -> bool:
    return not (
        name in NOT_PASSED_ON
        or name in OF_AN_ORIGIN
        or name in SECURITY_HEADERS
        or name == ERROR_HEADER
        or name.startswith("access-control-")
    )
