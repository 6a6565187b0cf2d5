"""The small pages that a browser sees at the end of a flow. Everything put in is escaped.

No inline script but one with a nonce, nothing from elsewhere, never framed, never stored; the
query, which held the code, is taken out of the address at once (requirements 26-31).
"""

import html
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from carrick.edge.http import Response

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Authorization callback</title>
<style nonce="{nonce}">
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: Canvas; color: CanvasText }}
main {{ max-width: 26rem; padding: 2rem; text-align: center }}
.mark {{ width: 3rem; height: 3rem; margin: 0 auto 1rem; border-radius: 50%; display: grid;
  place-items: center; font-size: 1.5rem; color: #fff; background: {color} }}
h1 {{ font-size: 1.25rem; margin: 0 0 .5rem }}
p {{ margin: 0; overflow-wrap: anywhere }}
</style>
<main role="{role}">
<div class="mark" aria-hidden="true">{mark}</div>
<h1>{title}</h1>
<p>{text}</p>
</main>
<script nonce="{nonce}" type="application/json" id="message">{message}</script>
<script nonce="{nonce}">
history.replaceState(null, "", location.pathname);
const {{ message, origins, closes }} = JSON.parse(document.getElementById("message").textContent);
addEventListener("message", (event) => {{
  if (origins.includes(event.origin) && event.data?.type === "nango_oauth_callback_ack") close();
}});
for (const origin of origins) window.opener?.postMessage(message, origin);
if (closes && window.opener) setTimeout(() => close(), 500);
</script>
</html>
"""


def success_page(*, origins: Sequence[str]) -> Response:
    """The end of a flow that made a connection."""
    return _page(
        200,
        title="Connected",
        text="You can close this window.",
        message={"type": "nango_oauth_callback_success"},
        origins=origins,
    )


def failure_page(status: int, *, title: str, text: str, origins: Sequence[str]) -> Response:
    """The end of a flow that made none. ``text`` may come from the provider; it is escaped."""
    payload = {"message": text, "errorType": "connection_validation_failed"}
    return _page(
        status,
        title=title,
        text=text,
        message={"type": "nango_oauth_callback_error", "payload": payload},
        origins=origins,
    )


def _page(
    status: int, *, title: str, text: str, message: Mapping[str, Any], origins: Sequence[str]
) -> Response:
    nonce = secrets.token_urlsafe(16)
    succeeded = status < 400
    body = _PAGE.format(
        nonce=nonce,
        color="#137a4b" if succeeded else "#b3261e",
        mark="&#10003;" if succeeded else "!",
        role="status" if succeeded else "alert",
        title=html.escape(title),
        text=html.escape(text),
        message=_script_json(
            {"message": message, "origins": list(dict.fromkeys(origins)), "closes": succeeded}
        ),
    )
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
    return Response(status, body, headers)


def _script_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
