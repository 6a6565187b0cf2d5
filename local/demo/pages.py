"""The two pages of the demo. Everything shown is escaped; nothing is fetched from elsewhere."""

import json
from collections.abc import Sequence
from html import escape

from local.demo.storage import Delivery

HEADERS = {
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem;
       color: #1c2430; background: #f6f7f9 }
article, form { background: #fff; border: 1px solid #dfe3e8; border-radius: 8px;
       padding: 1rem 1.5rem; margin: 1rem 0 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px }
button { font: inherit; padding: .5rem 1.2rem; margin-right: .5rem; border-radius: 6px;
       border: 1px solid #b8c0cc; background: #fff }
button.main { background: #1f5fd6; border-color: #1f5fd6; color: #fff }
input { font: inherit; padding: .4rem .6rem; border-radius: 6px; border: 1px solid #b8c0cc }
.good { color: #18794e } .bad { color: #c62a2f } small { color: #5a6472 }
"""


def _page(title: str, body: str, *, refresh_seconds: int = 0) -> str:
    refresh = f'<meta http-equiv="refresh" content="{refresh_seconds}">' if refresh_seconds else ""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width">{refresh}<style>{_STYLE}</style>'
        f"<main><h1>{escape(title)}</h1>{body}</main></html>"
    )


def consent_page(client_name: str, scopes: Sequence[str]) -> str:
    """Asks a person who they are and whether they approve. Posts to its own URL."""
    listed = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in scopes)
    return _page(
        "Demo provider",
        f"<p><strong>{escape(client_name)}</strong> asks for access to your account:</p>"
        f"<ul>{listed or '<li>your name</li>'}</ul>"
        '<form method="post">'
        '<p><label>You are <input name="user" value="ada" required maxlength="64"></label></p>'
        '<p><button class="main" name="decision" value="approve">Approve</button>'
        '<button name="decision" value="deny">Deny</button></p>'
        "</form><p><small>This authorization server runs on your machine and believes every "
        "name.</small></p>",
    )


def message_page(title: str, text: str) -> str:
    return _page(title, f"<p>{escape(text)}</p>")


def deliveries_page(deliveries: Sequence[Delivery]) -> str:
    """Lists the webhooks received; looks for new ones every two seconds."""
    shown = "".join(_delivery(delivery) for delivery in deliveries)
    nothing = "<p>No webhook yet. Connect an account and look here again.</p>"
    return _page("Webhooks received", shown or nothing, refresh_seconds=2)


def _delivery(delivery: Delivery) -> str:
    return (
        f"<article><small>{escape(delivery.received_at)} · {escape(delivery.event_id)}</small>"
        f"<pre>{escape(_pretty(delivery.body))}</pre>"
        f"{_verdict('Standard Webhooks', delivery.standard_signature)} · "
        f"{_verdict('X-Nango-Hmac-Sha256', delivery.nango_signature)}</article>"
    )


def _verdict(name: str, is_good: bool) -> str:
    kind, text = ("good", "verified") if is_good else ("bad", "not verified")
    return f'<span class="{kind}">{escape(name)}: {text}</span>'


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
