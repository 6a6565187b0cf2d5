"""The requests of a token chain (TWO_STEP) as an entry describes them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from carrick.catalog.endpoints import bounds, endpoint
from carrick.catalog.interpolation import render, render_url
from carrick.catalog.schema.token import TokenStep
from carrick.domain.modes.contract import Setting
from carrick.domain.modes.placeholders import Values, filled, rendered
from carrick.errors import CarrickError
from carrick.models.http import OutboundRequest
from carrick.oauth.token import TokenEndpoint, build_plain_request
from carrick.oauth.xml_messages import to_xml


def first_request(setting: Setting, values: Values) -> OutboundRequest:
    """The call that what was filled in goes to."""
    provider = setting.provider
    params: Mapping[str, object] = rendered(provider.token_params, values)
    if provider.token_body is not None:
        params = filled(provider.token_body, values)
    request = _request(
        TokenEndpoint(
            url=_url("token", setting, values),
            body_format=provider.token_body_format,
            method=provider.token_method,
            headers=rendered(provider.token_headers, values),
        ),
        params,
        is_tree=provider.token_body is not None,
    )
    return _signed(request, setting, values)


def step_request(step: TokenStep, setting: Setting, values: Values) -> OutboundRequest:
    """A later call. Its URL may begin with one that an answer named."""
    url = (
        render(step.token_url, values)
        if step.token_url.startswith("${step")
        else render_url(
            step.token_url,
            connection_config=setting.config,
            fields=setting.provider.connection_config,
            allowed_hosts=bounds(setting.provider, setting.integration.allowed_hosts),
        )
    )
    wanted = TokenEndpoint(
        url=url,
        body_format=step.body_format,
        method=step.method,
        headers=rendered(step.headers, values),
    )
    return _request(wanted, rendered(step.params, values))


def refresh_request(setting: Setting, values: Values) -> OutboundRequest:
    """The call that the refresh token goes to."""
    provider = setting.provider
    wanted = TokenEndpoint(
        url=_url("refresh", setting, values),
        body_format=provider.token_body_format,
        headers=rendered(provider.refresh_headers or provider.token_headers, values),
    )
    return _request(wanted, rendered(provider.refresh_params, values))


def _url(name: str, setting: Setting, values: Values) -> str:
    return endpoint(
        setting.provider,
        "refresh" if name == "refresh" else "token",
        setting.config,
        allowed_hosts=setting.integration.allowed_hosts,
        credentials=values["credentials"],
    )


def _request(
    wanted: TokenEndpoint, params: Mapping[str, object], *, is_tree: bool = False
) -> OutboundRequest:
    if wanted.body_format == "xml":
        return _with_body(wanted, to_xml(params), "application/xml")
    if is_tree:
        return _with_body(wanted, json.dumps(params).encode(), "application/json")
    texts = {name: str(value) for name, value in params.items()}
    return build_plain_request(replace(wanted, params=texts))


def _with_body(wanted: TokenEndpoint, body: bytes, content_type: str) -> OutboundRequest:
    empty = build_plain_request(replace(wanted, body_format="form", params={}))
    kept = {k: v for k, v in empty.headers.items() if k.lower() != "content-type"}
    if content_type == "application/xml":
        kept["Accept"] = content_type
    return replace(empty, headers={**kept, "Content-Type": content_type}, body=body)


def _signed(request: OutboundRequest, setting: Setting, values: Values) -> OutboundRequest:
    """With the entry's hash over the lines of a token request, in a header."""
    signing = setting.provider.request_signing
    if signing is None or not signing.token_lines:
        return request
    if signing.kind != "hash" or not signing.header or not signing.algorithm:
        raise CarrickError("This signature is not known.", code="invalid_template")
    text = signing.separator.join(render(line, values) for line in signing.token_lines).encode()
    if signing.encode_first == "base64":
        text = base64.b64encode(text)
    digest = hashlib.new(signing.algorithm, text)
    shown = (
        base64.b64encode(digest.digest()).decode("ascii")
        if signing.encoding == "base64"
        else digest.hexdigest()
    )
    return replace(request, headers={**request.headers, signing.header: shown})
