"""A client of Carrick's own making: RFC 7591, and the client id metadata document.

The document is a client id that is a URL, where the authorization server finds what it would
otherwise have been told (draft-ietf-oauth-client-id-metadata-document).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import error_of, members_of, states_error
from carrick.oauth.errors import unusable_answer
from carrick.oauth.token import USER_AGENT

CLIENT_NAME = "Carrick"
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
"""What Carrick can do at a token endpoint that it meets for the first time, best first."""

_VISIBLE = r"[\x20-\x7e]{1,4096}"


@dataclass(frozen=True, slots=True)
class RegisteredClient:
    """A client as the server has it. ``client_secret`` is empty for a public client."""

    client_id: str
    client_secret: str = field(repr=False)
    token_endpoint_auth_method: str


def client_metadata(redirect_uri: str, auth_method: str) -> dict[str, Any]:
    """What Carrick says of itself (RFC 7591 §2)."""
    return {
        "client_name": CLIENT_NAME,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": auth_method,
    }


def metadata_document(client_id: str, redirect_uri: str) -> dict[str, Any]:
    """What stands at the URL that is the client id."""
    return {"client_id": client_id, **client_metadata(redirect_uri, "none")}


def build_registration_request(url: str, metadata: Mapping[str, Any]) -> OutboundRequest:
    """The request for a client (RFC 7591 §3.1)."""
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
    }
    return OutboundRequest("POST", url, headers, json.dumps(metadata).encode("ascii"))


def process_registration_response(
    response: InboundResponse, asked_method: str, now: float
) -> RegisteredClient:
    """The client that was made (RFC 7591 §3.2.1): the server may have changed what was asked.

    Raises ``ProviderError`` for a refusal, and for a client that could not authenticate.
    """
    members = members_of(response)
    if members is None or not 200 <= response.status < 300 or states_error(members):
        raise error_of(response, members, now)
    client_id, secret = members.get("client_id"), members.get("client_secret") or ""
    method = members.get("token_endpoint_auth_method") or asked_method
    if not _is_text(client_id) or (secret and not _is_text(secret)):
        raise unusable_answer("it has no client", response.status)
    if method not in AUTH_METHODS or (method != "none" and not secret):
        raise unusable_answer("its client authenticates in an unknown way", response.status)
    return RegisteredClient(str(client_id), str(secret) if method != "none" else "", str(method))


def preferred_method(supported: Sequence[str]) -> str | None:
    """How to authenticate at a server that takes these methods; ``None``: in no way of ours."""
    return next((method for method in AUTH_METHODS if method in supported), None)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(_VISIBLE, value))
