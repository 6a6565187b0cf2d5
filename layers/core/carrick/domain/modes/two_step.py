"""TWO_STEP: what a person filled in, swapped for a token in one call or a chain of them.

The entry says what is sent and where the answers hold what (``catalog.schema.token``). Hosts that
an answer names are reached through the same egress guard as any other.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from carrick.catalog.endpoints import endpoint
from carrick.catalog.interpolation import render
from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import (
    MAX_ANSWER_BYTES,
    PROVIDER_SECONDS,
    Obtained,
    Setting,
    Submitted,
    Tools,
)
from carrick.domain.modes.placeholders import Values, values_of
from carrick.errors import FlowError, InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth import lifetime
from carrick.oauth.answers import at_path, error_of, members_of, states_error
from carrick.oauth.errors import unusable_answer
from carrick.oauth.token import TokenEndpoint, build_plain_request

JWT_MARGIN_SECONDS = 15 * 60
RESULT_FIELDS = frozenset({"token", "refresh_token", "_cookies"})


@dataclass(frozen=True, slots=True)
class TwoStep:
    """Done again whenever the token ends; by refresh token where the entry has a refresh call."""

    failure_code: str = "two_step_credentials_fetch_error"

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        return self._run(dict(submitted), setting, tools)

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return credentials.expires_at is not None

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        fields = {k: v for k, v in credentials.values.items() if isinstance(v, str)}
        provider = setting.provider
        if credentials.refresh_token and (provider.refresh_url or provider.refresh_params):
            return self._refresh(fields, setting, tools)
        inputs = {name: value for name, value in fields.items() if name not in RESULT_FIELDS}
        return self._run(inputs, setting, tools)

    def _run(self, fields: dict[str, str], setting: Setting, tools: Tools) -> Obtained:
        provider, asked_at = setting.provider, tools.now()
        values = values_of(setting, fields, now=asked_at)
        answer = _send(_first_request(setting, values), tools)
        for number, step in enumerate(provider.additional_steps, start=1):
            texts = _texts(_members(answer, asked_at))
            values = {**values, f"step{number}": texts}
            request = _request(
                TokenEndpoint(
                    url=render(step.token_url, values),
                    body_format=step.body_format,
                    method=step.method,
                    headers=_rendered(step.headers, values),
                    params=_rendered(step.params, values),
                )
            )
            answer = _send(request, tools)
        return _obtained(answer, fields, setting, asked_at)

    def _refresh(self, fields: dict[str, str], setting: Setting, tools: Tools) -> Obtained:
        provider, asked_at = setting.provider, tools.now()
        values = values_of(setting, fields, now=asked_at)
        url = endpoint(
            provider, "refresh", setting.config, allowed_hosts=setting.integration.allowed_hosts
        )
        request = _request(
            TokenEndpoint(
                url=url,
                body_format=provider.token_body_format,
                headers=_rendered(provider.refresh_headers or provider.token_headers, values),
                params=_rendered(provider.refresh_params, values),
            )
        )
        return _obtained(_send(request, tools), fields, setting, asked_at)


def _first_request(setting: Setting, values: Values) -> OutboundRequest:
    provider = setting.provider
    url = endpoint(
        provider, "token", setting.config, allowed_hosts=setting.integration.allowed_hosts
    )
    wanted = TokenEndpoint(
        url=url,
        body_format=provider.token_body_format,
        method=provider.token_method,
        headers=_rendered(provider.token_headers, values),
        params=_rendered(provider.token_params, values),
    )
    request = _request(wanted)
    if provider.token_body is None:
        return request
    body = json.dumps(_filled(provider.token_body, values)).encode()
    headers = {**request.headers, "Content-Type": "application/json"}
    return replace(request, headers=headers, body=body)


def _request(wanted: TokenEndpoint) -> OutboundRequest:
    if wanted.body_format == "xml":
        raise InvalidRequestError("XML token requests are not supported.", code="invalid_auth_mode")
    return build_plain_request(wanted)


def _rendered(templates: Mapping[str, str], values: Values) -> dict[str, str]:
    """Parameters that can be filled; one that an optional field leaves open is not sent."""
    rendered = {}
    for name, template in templates.items():
        try:
            rendered[name] = render(template, values)
        except FlowError:
            continue
    return rendered


def _filled(tree: Any, values: Values) -> Any:
    if isinstance(tree, str):
        try:
            return render(tree, values)
        except FlowError:
            return ""
    if isinstance(tree, Mapping):
        return {name: _filled(part, values) for name, part in tree.items()}
    if isinstance(tree, list):
        return [_filled(part, values) for part in tree]
    return tree


def _send(request: OutboundRequest, tools: Tools) -> InboundResponse:
    return tools.transport.send(
        request, deadline_seconds=PROVIDER_SECONDS, max_body_bytes=MAX_ANSWER_BYTES
    )


def _members(answer: InboundResponse, now: float) -> Mapping[str, object]:
    members = members_of(answer)
    if members is None or not 200 <= answer.status < 300 or states_error(members):
        raise error_of(answer, members, now)
    return members


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
        members = _members(answer, now)
        token = at_path(members, shape.access_token_path)
    if not isinstance(token, str) or not token:
        raise unusable_answer("it has no token", answer.status)
    values: dict[str, Any] = {**fields, "token": token}
    refresh_token = at_path(members, shape.refresh_token_path)
    if isinstance(refresh_token, str) and refresh_token:
        values["refresh_token"] = refresh_token
    if shape.cookies and "set-cookie" in answer.headers:
        values["_cookies"] = answer.headers["set-cookie"]
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
