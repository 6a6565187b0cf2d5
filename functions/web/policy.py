"""What the Connect page may load and call, and who may embed it: its headers."""

import re
from urllib.parse import urljoin, urlsplit

ORIGIN = r"https?://[A-Za-z0-9.-]+(:([0-9]+|\*))?"
"""An origin. ``*`` for any port is for a laptop."""

NOBODY = "'none'"


def framing_origins(text: str) -> tuple[str, ...]:
    """The origins of a setting, with spaces between. Raises ``ValueError`` if one is none.

    They become part of a header: one that is malformed must not widen it.
    """
    origins = tuple(text.split())
    if not all(re.fullmatch(ORIGIN, origin) for origin in origins):
        raise ValueError("CONNECT_ORIGINS holds something that is no origin.")
    return origins


def page_headers(
    *, base_url: str, websockets_path: str, origins: tuple[str, ...]
) -> dict[str, str]:
    """The headers of the page. Without ``origins`` no page may embed it.

    ``frame-ancestors`` binds every page around this one, not only the nearest. `X-Frame-Options`
    knows no list, so it says only what it can.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
        f"connect-src 'self' {_socket_origin(base_url, websockets_path)}; "
        f"frame-ancestors {' '.join(origins) or NOBODY}; "
        "base-uri 'none'; form-action 'none'"
    )
    headers = {"content-security-policy": policy}
    return headers if origins else {**headers, "x-frame-options": "DENY"}


def _socket_origin(base_url: str, websockets_path: str) -> str:
    """Origin of the WebSocket API: its path is one of the API's, or a whole URL."""
    address = urlsplit(urljoin(f"{base_url}/", websockets_path))
    return f"{address.scheme.replace('http', 'ws')}://{address.netloc}"
