"""How credentials are applied to a request to a provider's API: the one way there is.

Verification (``modes.verification``) and the proxy both send what ``compose`` makes. In order, the
later over the earlier (contract §11.2):

1. ``Authorization`` by the type of the credentials, unless the entry itself says where they go
2. the entry's headers and query; what names a value that nobody gave is left out
3. headers of the caller's, but for a ``user-agent`` that the entry sets
4. the entry's members of a JSON body
5. the signature, over all of it (``request_signing``)
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote_plus

from carrick.catalog.endpoints import endpoint, templates
from carrick.catalog.inputs import checked
from carrick.catalog.templates import parse, references
from carrick.domain.modes.contract import Setting
from carrick.domain.modes.placeholders import Values, filled, rendered, values_of
from carrick.domain.request_signing import sign
from carrick.errors import InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.models.http import ClientCertificate, OutboundRequest
from carrick.oauth.pem import tidy

METHODS_WITH_ENTRY_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON_TYPE = "application/json"

# Where each type of credentials holds what is sent as a bearer token (RFC 6750 §2.1).
_BEARER = {
    "OAUTH2": "access_token",
    "APP": "access_token",
    "OAUTH2_CC": "token",
    "JWT": "token",
    "SIGNATURE": "token",
    "TWO_STEP": "token",
}
# Names in templates by which an entry says itself where a token goes.
_TOKEN_NAMES = frozenset({"accessToken", "token", "cookies"})


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What each request with these credentials carries. Header names are lower case.

    ``values`` are those that the parts were filled with: one moment and one random text for
    headers and signature alike. Every member may hold a secret.
    """

    setting: Setting = field(repr=False)
    credentials: Credentials = field(repr=False)
    values: Values = field(repr=False)
    now: float
    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any] = field(repr=False)


def api_parts(credentials: Credentials, setting: Setting, *, now: float) -> ApiParts:
    """The parts that entry, integration and credentials decide. ``now`` in epoch seconds."""
    api, values = setting.provider.api, api_values(credentials, setting, now=now)
    headers = _authorization(credentials, setting)
    headers |= {name.lower(): text for name, text in rendered(api.headers, values).items()}
    query = rendered(api.query, values)
    _place_own_key(setting, values, headers, query)
    body = filled(api.body, values) if isinstance(api.body, dict) else {}
    return ApiParts(setting, credentials, values, now, headers, query, body)


def api_values(credentials: Credentials, setting: Setting, *, now: float) -> Values:
    """What the templates of an entry's ``api`` may name."""
    texts = dict(_texts(credentials.values))
    texts |= {f"raw.{path}": text for path, text in _texts(credentials.raw)}
    return values_of(setting, texts, now=now)


def base_url(setting: Setting, values: Values) -> str:
    """Where the API is: the integration's own base where the entry asks for one, or the entry's.

    Raises ``InvalidRequestError`` (``unsupported_provider``) if nobody says, and what
    ``catalog.endpoints.endpoint`` raises for values that are missing or do not fit.
    """
    own = setting.provider.integration_config.get("baseUrl")
    given = values["integrationConfig"].get("baseUrl")
    if own is not None and given:
        return checked("baseUrl", own, given)
    if not templates(setting.provider, "api"):
        raise InvalidRequestError(
            "Nothing says where this provider's API is.", code="unsupported_provider"
        )
    return endpoint(
        setting.provider,
        "api",
        setting.config,
        allowed_hosts=setting.integration.allowed_hosts,
        credentials=values["credentials"],
    )


def compose(draft: OutboundRequest, parts: ApiParts) -> OutboundRequest:
    """The request as it is sent. ``draft`` has method, URL, the caller's headers and body."""
    headers = dict(parts.headers)
    for name, value in draft.headers.items():
        if name.lower() != "user-agent" or name.lower() not in headers:
            headers[name.lower()] = value
    body = draft.body
    if parts.body and draft.method in METHODS_WITH_ENTRY_BODY:
        merged = _merged_body(body, parts.body)
        if merged is not None:
            body = merged
            headers.setdefault("content-type", JSON_TYPE)
    url = with_query(draft.url, parts.query)
    request = replace(draft, url=url, headers=headers, body=body)
    if parts.setting.provider.client_certificate_required:
        request = presenting(request, parts.credentials.values)
    return sign(request, parts.setting, parts.credentials, parts.values, now=parts.now)


def presenting(request: OutboundRequest, held: Mapping[str, str]) -> OutboundRequest:
    """The request over TLS with the person's certificate, if there is one (RFC 8705 §2)."""
    if not held.get("client_certificate"):
        return request
    pair = tidy(held["client_certificate"]), tidy(held.get("client_private_key", ""))
    return replace(request, client_certificate=ClientCertificate(*pair))


def with_query(url: str, query: Mapping[str, str]) -> str:
    """The URL with these parameters set: the same names in it are replaced, the rest is kept."""
    if not query:
        return url
    base, _, present = url.partition("?")
    kept = [
        pair
        for pair in present.split("&")
        if pair and unquote_plus(pair.partition("=")[0]) not in query
    ]
    added = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items()]
    return f"{base}?{'&'.join([*kept, *added])}"


def _authorization(credentials: Credentials, setting: Setting) -> dict[str, str]:
    texts = {name: value for name, value in credentials.values.items() if isinstance(value, str)}
    if credentials.type == "BASIC" and setting.provider.request_signing is None:
        pair = f"{texts.get('username', '')}:{texts.get('password', '')}"
        return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    token = texts.get(_BEARER.get(credentials.type, ""))
    if not token or _places_token(setting):
        return {}
    return {"authorization": f"Bearer {token}"}


def _places_token(setting: Setting) -> bool:
    api = setting.provider.api
    texts = [*api.headers.values(), *api.query.values(), *_leaves(api.body)]
    return any(ref.name in _TOKEN_NAMES for text in texts for ref in references(parse(text)))


def _place_own_key(
    setting: Setting, values: Values, headers: dict[str, str], query: dict[str, str]
) -> None:
    """Put the key where the customer says, for entries that leave that to the integration."""
    if "keyPlacement" not in setting.provider.integration_config:
        return
    said = {
        name: values["integrationConfig"].get(name) or declared.default or ""
        for name, declared in setting.provider.integration_config.items()
    }
    name, template = said["keyName"], said["valueTemplate"]
    if name and said["keyPlacement"] == "query":
        query |= rendered({name: template}, values)
    elif name:
        headers |= rendered({name.lower(): template}, values)


def _merged_body(body: bytes, members: Mapping[str, Any]) -> bytes | None:
    """The JSON object with the entry's members in it; ``None`` if the body is no object."""
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    return json.dumps(_merged(given, members), ensure_ascii=False).encode()


def _merged(given: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(given)
    for name, value in members.items():
        inner = given.get(name)
        nested = isinstance(value, Mapping) and isinstance(inner, Mapping)
        merged[name] = _merged(inner, value) if nested else value  # type: ignore[arg-type]
    return merged


def _leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(part)


def _texts(members: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Text and numbers by dotted path."""
    for name, value in members.items():
        if isinstance(value, Mapping):
            yield from _texts(value, f"{prefix}{name}.")
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield f"{prefix}{name}", str(value)
