"""The call that proves credentials, where an entry declares one (contract §6.4)."""

from carrick.catalog.interpolation import render
from carrick.domain.api_requests import api_parts, base_url, compose
from carrick.domain.modes.contract import MAX_ANSWER_BYTES, Setting, Tools
from carrick.errors import InvalidRequestError, ProviderUnavailableError
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest

VERIFICATION_SECONDS = 10.0
REFUSED = "connection_test_failed"


def verify(credentials: Credentials, setting: Setting, tools: Tools) -> None:
    """Call the entry's paths until one answers 2xx; without a declaration nothing is called.

    Raises ``InvalidRequestError`` (``connection_test_failed``) when every path refuses,
    ``ProviderUnavailableError`` when the provider cannot say.
    """
    declared = setting.provider.api.verification
    if declared is None:
        return
    parts = api_parts(credentials, setting, now=tools.now())
    base = (
        render(declared.base_url, parts.values)
        if declared.base_url
        else base_url(setting, parts.values)
    )
    headers = {name: render(text, parts.values) for name, text in declared.headers.items()}
    statuses = []
    for path in declared.paths:
        draft = OutboundRequest(
            method=declared.method,
            url=f"{base.rstrip('/')}/{render(path, parts.values).lstrip('/')}",
            headers=headers,
        )
        answer = tools.transport.send(
            compose(draft, parts),
            deadline_seconds=VERIFICATION_SECONDS,
            max_body_bytes=MAX_ANSWER_BYTES,
        )
        if 200 <= answer.status < 300:
            return
        statuses.append(answer.status)
    if any(status in {408, 425, 429} or status >= 500 for status in statuses):
        raise ProviderUnavailableError(
            "The provider cannot check the credentials now.", code=REFUSED, status=statuses[-1]
        )
    raise InvalidRequestError("The provider does not accept these credentials.", code=REFUSED)
