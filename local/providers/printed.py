"""A dry run as plain text. A secret is shown as the name that stands for it."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from carrick.models.http import OutboundRequest
from local.providers.record import Part, Played
from local.scripted_provider import SECRETS

LONGEST_WORD = 200
FORM = "application/x-www-form-urlencoded"
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----", re.DOTALL)
_WORD = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_SIGNED = re.compile(r'((?:oauth_signature="|Signature=|PasswordDigest="))[^"]+')


def lines_of(played: Played) -> Iterator[str]:
    """The lines of a run."""
    hide = Hidden(played.secrets)
    for part in played.parts:
        yield from _lines_of_part(part, hide)


class Hidden:
    """Puts names in the place of secrets, plain or in Base64. ``secrets``: each with its name."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        issued = {secret: secret.removeprefix("sample-").replace("-", "_") for secret in SECRETS}
        known = {**secrets, **issued}
        # The longest first: one may be a part of another.
        self._known = sorted(known.items(), key=lambda item: -len(item[0]))

    def __call__(self, text: str) -> str:
        """The text as it may be read by anybody."""
        text = self._named(text)
        text = _PEM.sub(lambda found: f"<{found[1].lower()}>", text)
        text = _JWT.sub("<JWT>", text)
        text = _SIGNED.sub(r"\1<signature>", text)
        return _WORD.sub(lambda found: self._decoded(found[0]), text)

    def _named(self, text: str) -> str:
        for secret, name in self._known:
            text = text.replace(secret, f"<{name}>")
        return text

    def _decoded(self, word: str) -> str:
        if len(word) > LONGEST_WORD:
            return f"{word[:20]}… ({len(word)} characters)"
        try:
            padded = word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)
            plain = base64.b64decode(padded, altchars=b"-_" if set(word) & set("-_") else b"+/")
            text = plain.decode()
        except (binascii.Error, ValueError):
            return word
        named = self._named(text)
        return word if named == text else f"base64({named})"


def _lines_of_part(part: Part, hide: Hidden) -> Iterator[str]:
    yield f"{part.title}:"
    if part.url:
        yield from _lines_of_url(part.url, hide, indent="  ")
    for request in part.requests:
        yield from _lines_of_request(request, hide)
    yield from (f"  {hide(fact)}" for fact in part.facts)


def _lines_of_url(url: str, hide: Hidden, *, indent: str) -> Iterator[str]:
    """The URL without its parameters, then each of them."""
    address, _, query = url.partition("?")
    yield f"{indent}{hide(unquote(address))}"
    yield from (f"{indent}  ? {n} = {hide(v)}" for n, v in parse_qsl(query, keep_blank_values=True))


def _lines_of_request(request: OutboundRequest, hide: Hidden) -> Iterator[str]:
    first, *params = _lines_of_url(request.url, hide, indent="")
    yield f"  {request.method} {first}"
    yield from (f"  {line}" for line in params)
    headers = {name.lower(): value for name, value in request.headers.items()}
    yield from (f"    {name}: {hide(value)}" for name, value in sorted(headers.items()))
    if request.client_certificate is not None:
        yield "    (over TLS with the client certificate)"
    yield from (f"    {line}" for line in _lines_of_body(request, headers, hide))


def _lines_of_body(
    request: OutboundRequest, headers: Mapping[str, str], hide: Hidden
) -> Iterator[str]:
    text = request.body.decode("utf-8", "replace")
    kind = headers.get("content-type", "").partition(";")[0]
    if not text:
        return
    if kind == FORM:
        members: Mapping[str, Any] = dict(parse_qsl(text, keep_blank_values=True))
    else:
        try:
            members = json.loads(text)
        except ValueError:
            yield f"body: {hide(text)}"
            return
    yield from (f"body {name} = {hide(str(value))}" for name, value in _leaves("", members))


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list) and value:
        named = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in named:
            yield from _leaves(f"{path}.{name}" if path else str(name), inner)
    else:
        yield path, json.dumps(value) if not isinstance(value, str) else value
