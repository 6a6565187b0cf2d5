"""The call that proves credentials, where an entry declares one (contract §6.4)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from carrick.catalog.endpoints import endpoint
from carrick.catalog.interpolation import render, render_tail, render_url
from carrick.domain.modes.contract import MAX_ANSWER_BYTES, Setting, Tools
from carrick.domain.modes.placeholders import filled, rendered, values_of
from carrick.errors import InvalidRequestError, ProviderUnavailableError
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse, OutboundRequest

VERIFICATION_SECONDS = 10.0
REFUSED = "connection_test_failed"

Sign = Callable[[OutboundRequest], OutboundRequest]
"""Adds to a request what authorizes it."""


def verify(
    credentials: Credentials, setting: Setting, tools: Tools, *, sign: Sign | None = None
) -> None:
    """Call the entry's paths until one answers 2xx; without a declaration nothing is called.

    The requests have the entry's headers for API requests; ``sign`` adds what those cannot say.
    Raises ``InvalidRequestError`` (``connection_test_failed``) when every path refuses,
    ``ProviderUnavailableError`` when the provider cannot say.
    """
    declared = setting.provider.api.verification
    if declared is None:
        return
    statuses = []
    for request in _requests(credentials, setting, tools.now()):
        answer = tools.transport.send(
            sign(request) if sign else request,
            deadline_seconds=VERIFICATION_SECONDS,
            max_body_bytes=MAX_ANSWER_BYTES,
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


def _requests(credentials: Credentials, setting: Setting, now: float) -> list[OutboundRequest]:
    provider, declared = setting.provider, setting.provider.api.verification
    assert declared is not None
    texts = {name: value for name, value in credentials.values.items() if isinstance(value, str)}
    values = values_of(setting, texts, now=now)
    headers = {
        **{name.lower(): text for name, text in rendered(provider.api.headers, values).items()},
        **{name.lower(): render(text, values) for name, text in declared.headers.items()},
    }
    body = b""
    if declared.body is not None:
        tree = filled(declared.body, values)
        if isinstance(tree, dict) and isinstance(provider.api.body, dict):
            tree = {**filled(provider.api.body, values), **tree}
        body = json.dumps(tree).encode()
        headers.setdefault("content-type", "application/json")
    query = rendered(provider.api.query, values)
    base = _base_url(setting)
    paths = [
        render_tail(
            path,
            connection_config=setting.config,
            fields=provider.connection_config,
            credentials=values["credentials"],
        )
        for path in declared.paths
    ]
    return [
        OutboundRequest(
            method=declared.method,
            url=_with_query(f"{base.rstrip('/')}/{path.lstrip('/')}", query),
            headers=headers,
            body=body,
        )
        for path in paths
    ]


def _with_query(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url


def _base_url(setting: Setting) -> str:
    provider, declared = setting.provider, setting.provider.api.verification
    if declared is not None and declared.base_url:
        return render_url(
            declared.base_url,
            connection_config=setting.config,
            fields=provider.connection_config,
            allowed_hosts=None,
        )
    hosts = setting.integration.allowed_hosts
    return endpoint(provider, "api", setting.config, allowed_hosts=hosts)


def with_headers(headers: Mapping[str, str]) -> Sign:
    """Adds these headers, unless the entry has a value of its own."""
    return lambda request: replace(request, headers={**headers, **request.headers})
