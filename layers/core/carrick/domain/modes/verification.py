"""The call that proves credentials, where an entry declares one (contract §6.4)."""

from collections.abc import Mapping

from carrick.catalog.endpoints import endpoint
from carrick.catalog.interpolation import render
from carrick.domain.modes.contract import MAX_ANSWER_BYTES, Setting, Tools
from carrick.domain.modes.placeholders import Values, values_of
from carrick.errors import FlowError, InvalidRequestError, ProviderUnavailableError
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest

VERIFICATION_SECONDS = 10.0
REFUSED = "connection_test_failed"


def verify(
    credentials: Credentials, headers: Mapping[str, str], setting: Setting, tools: Tools
) -> None:
    """Call the entry's paths until one answers 2xx; without a declaration nothing is called.

    ``headers`` authorize the request. Raises ``InvalidRequestError`` (``connection_test_failed``)
    when every path refuses, ``ProviderUnavailableError`` when the provider cannot say.
    """
    declared = setting.provider.api.verification
    if declared is None:
        return
    values = _values(credentials, setting, tools.now())
    base = (
        render(declared.base_url, values)
        if declared.base_url
        else endpoint(
            setting.provider,
            "api",
            setting.config,
            allowed_hosts=setting.integration.allowed_hosts,
        )
    )
    statuses = []
    for path in declared.paths:
        request = OutboundRequest(
            method=declared.method,
            url=f"{base.rstrip('/')}/{render(path, values).lstrip('/')}",
            headers={
                **headers,
                **{name: render(text, values) for name, text in declared.headers.items()},
            },
        )
        answer = tools.transport.send(
            request, deadline_seconds=VERIFICATION_SECONDS, max_body_bytes=MAX_ANSWER_BYTES
        )
        if 200 <= answer.status < 300:
            return
        statuses.append(answer.status)
    if any(status in {408, 425, 429} or status >= 500 for status in statuses):
        raise ProviderUnavailableError(
            "The provider cannot check the credentials now.", code=REFUSED, status=statuses[-1]
        )
    raise InvalidRequestError("The provider does not accept these credentials.", code=REFUSED)


def api_headers(credentials: Credentials, setting: Setting, *, now: float) -> dict[str, str]:
    """The entry's headers for API requests with credentials put in; unresolved ones left out."""
    values, headers = _values(credentials, setting, now), {}
    for name, template in setting.provider.api.headers.items():
        try:
            headers[name.lower()] = render(template, values)
        except FlowError:
            continue
    return headers


def _values(credentials: Credentials, setting: Setting, now: float) -> Values:
    texts = {name: value for name, value in credentials.values.items() if isinstance(value, str)}
    return values_of(setting, texts, now=now)
