"""Which answers a page of another origin may read (Fetch Standard §3.2, security requirement 34).

Answers to a connect session only: an API key has no business in a browser. Never with credentials:
the token is all that counts, and a page has it or it has not. API Gateway's own CORS settings hold
for a whole API and know no session (decision 0018).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from carrick.edge.caller import Access, Caller
from carrick.errors import ForbiddenError

ANY_ORIGIN = {"access-control-allow-origin": "*"}
MAX_AGE_SECONDS = 600
REQUEST_HEADERS = "authorization, baggage, content-type, sentry-trace"
"""What the official browser client sends, and what error monitoring adds to every request."""


def preflight_headers(methods: tuple[str, ...]) -> dict[str, str]:
    """The answer to the question that a browser asks first. It names no session yet."""
    return {
        **ANY_ORIGIN,
        "access-control-allow-methods": ", ".join(methods),
        "access-control-allow-headers": REQUEST_HEADERS,
        "access-control-max-age": str(MAX_AGE_SECONDS),
    }


def check_origin(headers: Mapping[str, str], caller: Caller, base_url: str) -> None:
    """Raise ``ForbiddenError`` for a page that the session does not list, if it lists any.

    Carrick's own pages always may. A request without ``Origin`` comes from no other page.
    """
    origin = headers.get("origin", "")
    if origin and not _is_allowed(origin, caller) and origin != _own(base_url):
        raise ForbiddenError("The connect session does not allow this origin.")


def answer_headers(
    headers: Mapping[str, str], access: Access, caller: Caller | None
) -> dict[str, str]:
    """What lets the page read the answer. A caller that stayed unknown may read why."""
    origin = headers.get("origin", "")
    if not origin or not access.cross_origin:
        return {}
    if caller is None:
        return ANY_ORIGIN
    if caller.session is None or not _is_allowed(origin, caller):
        return {}
    if caller.session.allowed_origins:
        return {"access-control-allow-origin": origin, "vary": "origin"}
    return ANY_ORIGIN


def _is_allowed(origin: str, caller: Caller) -> bool:
    allowed = caller.session.allowed_origins if caller.session is not None else ()
    return not allowed or origin in allowed


def _own(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"
