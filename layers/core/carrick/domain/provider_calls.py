"""The calls that an entry describes whole: after authorization, and on deletion."""

import json

from carrick.catalog.endpoints import bounds
from carrick.catalog.interpolation import render, render_tail, render_url
from carrick.catalog.schema.api import ProviderCall
from carrick.domain.api_requests import JSON_TYPE, ApiParts, api_parts, base_url, compose
from carrick.domain.modes.contract import Setting
from carrick.domain.modes.placeholders import filled
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest


def provider_request(
    call: ProviderCall, credentials: Credentials, setting: Setting, *, now: float
) -> OutboundRequest:
    """The request of a call, with the credentials as the proxy would put them; its own headers win.

    ``now`` in epoch seconds. Raises ``FlowError`` (``url_param_err``) for a value that is missing,
    ``InvalidRequestError`` for one that does not fit its place.
    """
    parts = api_parts(credentials, setting, now=now)
    own = {name.lower(): render(text, parts.values) for name, text in call.headers.items()}
    headers, body = {"accept": JSON_TYPE, **own}, b""
    if call.body is not None:
        headers["content-type"] = JSON_TYPE
        body = json.dumps(filled(call.body, parts.values)).encode()
    return compose(OutboundRequest(call.method, _url(call, parts), headers, body), parts)


def _url(call: ProviderCall, parts: ApiParts) -> str:
    """A path of the API, or the call's own URL; the token goes where the entry says only."""
    setting, credentials = parts.setting, parts.values["credentials"]
    fields = setting.provider.connection_config
    if call.url.startswith("/"):
        tail = render_tail(
            call.url, connection_config=setting.config, fields=fields, credentials=credentials
        )
        return base_url(setting, parts.values).rstrip("/") + tail
    return render_url(
        call.url,
        connection_config=setting.config,
        fields=fields,
        allowed_hosts=bounds(setting.provider, setting.integration.allowed_hosts),
        credentials=credentials,
    )
