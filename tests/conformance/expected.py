"""Requests as the facts have them, in the shape that ``seen`` gives to those that were received."""

import base64
import re
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

from tests.conformance.facts import (
    Row,
    UnfilledError,
    Values,
    fill,
    first_filled,
    renamed,
)
from tests.conformance.scripted_provider import Received

# What every message has, whoever sends it.
OF_THE_TRANSPORT = {"host", "accept-encoding", "connection", "content-length"}
KINDS = {"form": "application/x-www-form-urlencoded", "json": "application/json"}
_TOKEN = re.compile(r"\$\{(accessToken|credentials\.token)\}")


def seen(received: Received) -> dict[str, Any]:
    """A token request. Whatever it carries is in one of the members."""
    return {
        "method": received.method,
        "url": received.url,
        "params": received.params,
        "authorization": received.headers.get("authorization", ""),
        "content_type": received.content_type,
    }


def token_request(
    row: Row, values: Values, url: str, params: dict[str, str], client: tuple[str, str]
) -> dict[str, Any]:
    """As ``seen`` has it. A client authenticates in one way (RFC 6749 §2.3)."""
    parts = urlsplit(first_filled([url, *row.get("token_url_fallbacks", ())], values))
    authorization = ""
    if row.get("authorization_method") == "header":
        authorization = basic(quote_plus(client[0]), quote_plus(client[1]))
    elif row.get("token_request_auth_method") == "basic":
        authorization = basic(*client)
    else:
        params |= {"client_id": client[0], "client_secret": client[1]}
    method = row.get("token_request_method", "POST")
    body_format = row.get("body_format", "form")
    return {
        "method": method,
        "url": f"{parts.scheme}://{parts.netloc}{parts.path}",
        "params": {
            **dict(parse_qsl(parts.query, keep_blank_values=True)),
            **renamed(params, row.get("token_param_renames", {})),
        },
        "authorization": authorization,
        "content_type": KINDS.get(body_format, "") if method == "POST" else "",
    }


def api_request(row: Row, values: Values, authorization: str) -> dict[str, Any]:
    """What ``called`` must give for a call of ``things``: the base, headers and query.

    ``authorization`` is what credentials of this kind say where the entry does not say it itself.
    """
    api = row["api"]
    base = first_filled([api["base_url"], *api.get("base_url_fallbacks", ())], values)
    headers = _resolved({k.lower(): v for k, v in api.get("headers", {}).items()}, values)
    places = [*api.get("headers", {}).values(), *api.get("query", {}).values()]
    if authorization and not any(_TOKEN.search(str(text)) for text in places):
        headers = {"authorization": authorization, **headers}
    return {
        "url": with_lower_host(f"{base.rstrip('/')}/things"),
        "headers": headers,
        "query": _resolved(api.get("query", {}), values),
    }


def called(received: Received) -> dict[str, Any]:
    """A request to the API, but for what the transport adds."""
    headers = {k: v for k, v in received.headers.items() if k not in OF_THE_TRANSPORT}
    if headers.get("user-agent") == "Carrick":
        headers.pop("user-agent")
    return {
        "url": with_lower_host(received.url),
        "headers": headers,
        "query": received.params,
    }


def with_lower_host(url: str) -> str:
    """A URL as it is compared (RFC 3986 §6.2.2.1)."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower()}{slash}{path}"


def basic(user: str, password: str) -> str:
    """The value of an ``Authorization`` field (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _resolved(templates: dict[str, str], values: Values) -> dict[str, str]:
    """Those whose placeholders have values; the others are left out."""
    found = {}
    for name, template in templates.items():
        try:
            found[name] = fill(str(template), values)
        except UnfilledError:
            continue
    return found
