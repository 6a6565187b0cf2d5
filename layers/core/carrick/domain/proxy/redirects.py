"""Whether an answer sends a request elsewhere, and what goes along (RFC 9110 §15.4)."""

from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from carrick.models.http import InboundResponse

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPS_METHOD = frozenset({307, 308})
# What says what is wanted, and nothing of who wants it.
HARMLESS_HEADERS = frozenset({"accept", "accept-language", "range", "user-agent"})


@dataclass(frozen=True, slots=True)
class Hop:
    """One request of a chain. ``is_trusted``: credentials, and what the caller gave, go along."""

    method: str
    url: str = field(repr=False)
    body: bytes = field(repr=False)
    is_trusted: bool = True


def next_hop(hop: Hop, answer: InboundResponse) -> Hop | None:
    """Where the answer leads, not yet trusted unless it is the same origin; ``None``: nowhere."""
    location = answer.headers.get("location", "")
    if answer.status not in _REDIRECTS or not location:
        return None
    try:
        url = urldefrag(urljoin(hop.url, location)).url
        is_same = _origin(url) == _origin(hop.url)
    except ValueError:  # no URL at all
        return None
    method, body = hop.method, hop.body
    if answer.status not in _KEEPS_METHOD and method != "HEAD":
        method, body = ("GET", b"") if answer.status == 303 or method == "POST" else (method, body)
    return Hop(method, url, body, is_trusted=hop.is_trusted and is_same)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()
