"""The call that proves credentials, where an entry declares one (contract §6.4)."""

import json
from collections.abc import Iterator

from carrick.catalog.endpoints import bounds
from carrick.catalog.interpolation import render, render_tail, render_url
from carrick.domain.api_requests import JSON_TYPE, ApiParts, api_parts, base_url, compose
from carrick.domain.modes.contract import MAX_ANSWER_BYTES, Setting, Tools
from carrick.domain.modes.placeholders import filled
from carrick.errors import InvalidRequestError, ProviderUnavailableError
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse, OutboundRequest

VERIFICATION_SECONDS = 10.0
REFUSED = "connection_test_failed"


def verify(credentials: Credentials, setting: Setting, tools: Tools) -> None:
    """Call the entry's paths until one answers 2xx; without a declaration nothing is called.

    The requests are those that the proxy would send. Raises ``InvalidRequestError``
    (``connection_test_failed``) when every path refuses, ``ProviderUnavailableError`` when the
    provider cannot say.
    """
    if setting.provider.api.verification is None:
        return
    statuses = []
    for request in _requests(api_parts(credentials, setting, now=tools.now())):
        answer = tools.transport.send(
            request, deadline_seconds=VERIFICATION_SECONDS, max_body_bytes=MAX_ANSWER_BYTES
        )
        if 200 <= answer.status < 300:
            return
        statuses.append(answer.status)
    raise refused(statuses)


def refused(statuses: list[int]) -> InvalidRequestError | ProviderUnavailableError:
    """The error for answers that prove nothing, by their statuses."""
    if any(status in {408, 425, 429} or status >= 500 for status in statuses):
        return ProviderUnavailableError(
            "The provider cannot check the credentials now.", code=REFUSED, status=statuses[-1]
        )
    return InvalidRequestError("The provider does not accept these credentials.", code=REFUSED)


def check(answer: InboundResponse) -> None:
    """Raise as ``verify`` does unless this one answer is a good one."""
    if not 200 <= answer.status < 300:
        raise refused([answer.status])


def _requests(parts: ApiParts) -> Iterator[OutboundRequest]:
    setting, declared = parts.setting, parts.setting.provider.api.verification
    assert declared is not None
    headers = {name.lower(): render(t, parts.values) for name, t in declared.headers.items()}
    body = b""
    if declared.body is not None:
        body = json.dumps(filled(declared.body, parts.values)).encode()
        if "content-type" not in parts.headers:
            headers.setdefault("content-type", JSON_TYPE)
    base = _base_url(parts).rstrip("/")
    for path in declared.paths:
        tail = render_tail(
            path,
            connection_config=setting.config,
            fields=setting.provider.connection_config,
            credentials=parts.values["credentials"],
        )
        draft = OutboundRequest(declared.method, f"{base}/{tail.lstrip('/')}", headers, body)
        yield compose(draft, parts)


def _base_url(parts: ApiParts) -> str:
    provider, declared = parts.setting.provider, parts.setting.provider.api.verification
    if declared is not None and declared.base_url:
        return render_url(
            declared.base_url,
            connection_config=parts.setting.config,
            fields=provider.connection_config,
            allowed_hosts=bounds(provider, parts.setting.integration.allowed_hosts),
        )
    return base_url(parts.setting, parts.values)
