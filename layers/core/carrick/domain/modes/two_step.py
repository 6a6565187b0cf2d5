"""TWO_STEP: what a person filled in, swapped for a token in one call or a chain of them.

The entry says what is sent and where the answers hold what (``catalog.schema.token``). Hosts that
an answer names are reached through the same egress guard as any other.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick.catalog.schema import Provider
from carrick.domain.modes.assertions import is_kept, signed_values, with_assertion
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.token_requests import first_request, refresh_request, step_request
from carrick.domain.modes.verification import verify
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse
from carrick.oauth import lifetime
from carrick.oauth.answers import at_path, error_of, members_of, states_error
from carrick.oauth.errors import error_from, unusable_answer
from carrick.oauth.xml_messages import members_of_xml

JWT_MARGIN_SECONDS = 15 * 60
RESULT_FIELDS = frozenset({"token", "refresh_token", "_cookies"})


@dataclass(frozen=True, slots=True)
class TwoStep:
    """Done again whenever the token ends; by refresh token where the entry has a refresh call."""

    failure_code: str = "two_step_credentials_fetch_error"

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        obtained = self._run(dict(submitted), setting, tools)
        verify(obtained.credentials, setting, tools)
        return obtained

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return credentials.expires_at is not None

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        fields = {k: v for k, v in credentials.values.items() if isinstance(v, str)}
        provider = setting.provider
        if credentials.refresh_token and (provider.refresh_url or provider.refresh_params):
            asked_at = tools.now()
            request = refresh_request(setting, signed_values(fields, setting, asked_at))
            return _obtained(tools.ask(request), fields, setting, asked_at)
        inputs = {name: value for name, value in fields.items() if name not in RESULT_FIELDS}
        return self._run(inputs, setting, tools)

    def _run(self, fields: dict[str, str], setting: Setting, tools: Tools) -> Obtained:
        provider, asked_at = setting.provider, tools.now()
        fields = with_assertion(fields, setting, asked_at)
        values = signed_values(fields, setting, asked_at)
        answer = tools.ask(first_request(setting, values))
        for number, step in enumerate(provider.additional_steps, start=1):
            texts = _texts(_members(answer, provider, asked_at))
            values = {**values, f"step{number}": texts}
            answer = tools.ask(step_request(step, setting, values))
        if not is_kept(provider.assertion):
            fields.pop("assertion", None)
        return _obtained(answer, fields, setting, asked_at)


def _members(answer: InboundResponse, provider: Provider, now: float) -> Mapping[str, object]:
    members = members_of_xml(answer.body) if _is_xml(provider) else members_of(answer)
    if members is None or not 200 <= answer.status < 300 or states_error(members):
        raise error_of(answer, members, now)
    return members


def _is_xml(provider: Provider) -> bool:
    return provider.token_body_format == "xml"  # noqa: S105 - the name of a format


def _texts(members: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Text and numbers of an answer by dotted path."""
    texts: dict[str, str] = {}
    for name, value in members.items():
        if isinstance(value, Mapping):
            texts |= _texts(value, f"{prefix}{name}.")
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            texts[f"{prefix}{name}"] = str(value)
    return texts


def _obtained(
    answer: InboundResponse, fields: dict[str, str], setting: Setting, now: float
) -> Obtained:
    provider, shape = setting.provider, setting.provider.token_response
    if not shape.access_token_path:
        members: Mapping[str, object] = {}
        token: object = answer.body.decode("utf-8", "replace").strip().strip('"')
        if not 200 <= answer.status < 300:
            raise error_of(answer, None, now)
    else:
        members = _members(answer, provider, now)
        token = at_path(members, shape.access_token_path)
        if _is_xml(provider) and not token:
            # Such servers tell a refusal with status 200, in a shape of their own.
            raise error_from(401, "", "", answer.headers, now)
    if not isinstance(token, str) or not token:
        raise unusable_answer("it has no token", answer.status)
    values: dict[str, Any] = {**fields, "token": token}
    refresh_token = at_path(members, shape.refresh_token_path)
    if isinstance(refresh_token, str) and refresh_token:
        values["refresh_token"] = refresh_token
    if shape.cookies and "set-cookie" in answer.headers:
        values["_cookies"] = _cookie_header(answer.headers["set-cookie"])
    for name in shape.headers:
        if name.lower() != "set-cookie" and name.lower() in answer.headers:
            values[name] = answer.headers[name.lower()]
    said = {
        path: value
        for path in provider.token_response_metadata
        if isinstance(value := at_path(members, path), str) and value
    }
    expires_at = _expires_at(token, members, provider, now)
    credentials = Credentials("TWO_STEP", values, expires_at, dict(members)).within_bounds()
    return Obtained(credentials, said)


def _cookie_header(set_cookie: str) -> str:
    """The value of ``Cookie`` (RFC 6265 §4.2) for what came as ``Set-Cookie``.

    Several are joined by commas, which may stand inside of a date as well.
    """
    cookies = re.split(r",(?=\s*[^;,=\s]+=)", set_cookie)
    return "; ".join(cookie.partition(";")[0].strip() for cookie in cookies)


def _expires_at(
    token: str, members: Mapping[str, object], provider: Provider, now: float
) -> float | None:
    """The end of the token: as the answer says, at most what the token says of itself."""
    shape = provider.token_response
    wanted = "expires_in" if shape.expires == "in" else "expires_at"
    told = lifetime.expires_at(
        lambda name: at_path(members, shape.expires_path) if name == wanted else None,
        now=now,
        unit=provider.expires_in_unit,
        fixed_seconds=provider.token_lifetime_seconds or None,
    )
    own = _end_of_jwt(token)
    if own is not None and own > now:
        return min(own, told) if told is not None else own
    return told


def _end_of_jwt(token: str) -> float | None:
    """``exp`` of a JWT, less a margin. Read, not verified: the token is for the provider."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return float(claims["exp"]) - JWT_MARGIN_SECONDS
    except (binascii.Error, ValueError, KeyError, TypeError, UnicodeDecodeError):
        return None
