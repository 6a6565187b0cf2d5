"""Pushed authorization requests: RFC 9126.

The parameters go to the server before the browser leaves, authenticated; the browser carries a
reference to them, which serves once.
"""

import re

from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import error_of, members_of, states_error
from carrick.oauth.authorization import (
    AuthorizationRequest,
    authorization_params,
    referring_url,
)
from carrick.oauth.client_auth import Client
from carrick.oauth.errors import unusable_answer
from carrick.oauth.token import TokenEndpoint, build_endpoint_request

_REQUEST_URI = r"[\x21-\x7e]{1,2048}"


def build_pushed_request(
    url: str, client: Client, request: AuthorizationRequest
) -> OutboundRequest:
    """The request with all parameters of the authorization request (§2.1)."""
    return build_endpoint_request(TokenEndpoint(url), client, authorization_params(request))


def process_pushed_response(response: InboundResponse, now: float) -> str:
    """The ``request_uri`` of a good answer (§2.2). Raises ``ProviderError``."""
    members = members_of(response)
    if members is None or not 200 <= response.status < 300 or states_error(members):
        raise error_of(response, members, now)
    request_uri = members.get("request_uri")
    if not isinstance(request_uri, str) or not re.fullmatch(_REQUEST_URI, request_uri):
        raise unusable_answer("it has no request_uri", response.status)
    return request_uri


def build_pushed_authorization_url(request: AuthorizationRequest, request_uri: str) -> str:
    """Where the browser goes then: client and reference, nothing else (§4)."""
    params = {"client_id": request.client_id, "request_uri": request_uri}
    return referring_url(request.endpoint, params)
