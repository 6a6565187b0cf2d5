"""The small pages that a browser sees at the end of a flow. Everything put in is escaped.

No inline script but one with a nonce, nothing from elsewhere, never framed, never stored; the
query, which held the code, is taken out of the address at once (requirements 26-31).
"""

import html
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from carrick.edge.http import Response

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Authorization callback</title>
<style nonce="{nonce}">
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: start center;
  background: light-dark(#f4f5f7, #101216); color: light-dark(#16191f, #eceef2) }}
main {{ box-sizing: border-box; width: min(27rem, 100%); margin: clamp(0rem, 12vh, 7rem) 0 2rem;
  padding: 2.5rem 2rem; text-align: center; background: light-dark(#fff, #181b21);
  border: 1px solid light-dark(#d9dde3, #343a45); border-radius: 1rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / 4%), 0 12px 32px -12px rgb(0 0 0 / 12%) }}
.mark {{ width: 3.25rem; height: 3.25rem; margin: 0 auto 1.25rem; border-radius: 50%;
  display: grid; place-items: center; font-size: 1.5rem; font-weight: 600;
  color: {color}; background: color-mix(in srgb, {color} 14%, transparent) }}
h1 {{ font-size: 1.3rem; line-height: 1.3; margin: 0 0 .5rem }}
p {{ margin: 0; overflow-wrap: anywhere; color: light-dark(#59616e, #a3acba) }}
@media (max-width: 30rem) {{
  body {{ background: light-dark(#fff, #181b21) }}
  main {{ margin: 0; border: 0; border-radius: 0; box-shadow: none }}
}}
</style>
<main>
<div class="mark" aria-hidden="true">{mark}</div>
<h1>{title}</h1>
<p>{text}</p>
</main>
<script nonce="{nonce}" type="application/json" id="message">{message}</script>
<script nonce="{nonce}">
history.replaceState(null, "", location.pathname);
const {{ message, origins, closes, returnsTo }} =
  JSON.parse(document.getElementById("message").textContent);
addEventListener("message", (event) => {{
  if (origins.includes(event.origin) && event.data?.type === "nango_oauth_callback_ack") close();
}});
for (const origin of origins) window.opener?.postMessage(message, origin);
const leave = () => returnsTo ? location.replace(returnsTo) : close();
if (!window.opener && returnsTo) leave();
if (window.opener && closes) setTimeout(leave, 500);
</script>
</html>
"""


def success_page(
    *, origins: Sequence[str], returns_to: str = "", confirm_code: str = ""
) -> Response:
    """The end of a flow that made a connection, or what ``confirm_code`` makes one of.

    ``returns_to``: where the browser goes from here, unless this is a popup whose opener answers.
    """
    message = {"type": "nango_oauth_callback_success"}
    return _page(
        200,
        title="Almost done" if confirm_code else "Connected",
        text="Go back to the application." if confirm_code else "You can close this window.",
        message={**message, "confirmCode": confirm_code} if confirm_code else message,
        origins=origins,
        returns_to=returns_to,
    )


def failure_page(
    status: int, *, title: str, text: str, origins: Sequence[str], returns_to: str = ""
) -> Response:
    """The end of a flow that made none. ``text`` may come from the provider; it is escaped."""
    payload = {"message": text, "errorType": "connection_validation_failed"}
    return _page(
        status,
        title=title,
        text=text,
        message={"type": "nango_oauth_callback_error", "payload": payload},
        origins=origins,
        returns_to=returns_to,
    )


def _page(
    status: int,
    *,
    title: str,
    text: str,
    message: Mapping[str, Any],
    origins: Sequence[str],
    returns_to: str,
) -> Response:
    nonce = secrets.token_urlsafe(16)
    succeeded = status < 400
    body = _PAGE.format(
        nonce=nonce,
        color="light-dark(#137a4b, #6fd3a0)" if succeeded else "light-dark(#a8200d, #ffa198)",
        mark="&#10003;" if succeeded else "!",
        title=html.escape(title),
        text=html.escape(text),
        message=_script_json(
            {
                "message": message,
                "origins": _origins(origins),
                "closes": succeeded,
                "returnsTo": returns_to,
            }
        ),
    )
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
    return Response(status, body, headers)


def _origins(urls: Sequence[str]) -> list[str]:
    """The origins of URLs as browsers write them, each once. A base URL may have a path."""
    parts = (urlsplit(url) for url in urls)
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}".lower() for part in parts))


def _script_json(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
