"""OAuth 1.0a: the two signed requests of the redirect flow, and the URL between them (RFC 5849 §2).

Not here: the signature itself (``oauth1``); flows without a callback (``oob``); version 1.0 without
the verifier, which lets somebody end another person's flow.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlencode

from carrick.errors import FlowError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import Members, error_of, members_of, states_error
from carrick.oauth.errors import readable, unusable_answer
from carrick.oauth.oauth1 import Consumer, Stamp, Token, authorization_header

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SignedEndpoint:
    """Where a token is asked for. ``params`` go into the form, with ``GET`` into the query."""

    url: str
    method: Literal["GET", "POST"] = "POST"
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that the provider issued, and all that it said with it."""

    token: Token
    members: Members = field(repr=False)


def build_temporary_request(
    endpoint: SignedEndpoint, consumer: Consumer, stamp: Stamp, *, callback: str
) -> OutboundRequest:
    """The request for temporary credentials (§2.1)."""
    return _signed(endpoint, consumer, None, stamp, {"oauth_callback": callback})


def build_token_request(
    endpoint: SignedEndpoint, consumer: Consumer, temporary: Token, stamp: Stamp, *, verifier: str
) -> OutboundRequest:
    """The request that exchanges temporary credentials for token credentials (§2.3)."""
    return _signed(endpoint, consumer, temporary, stamp, {"oauth_verifier": verifier})


def process_token_response(response: InboundResponse, *, now: float) -> Issued:
    """The token of either answer (§2.1, §2.3). ``now`` in epoch seconds. Raises ``ProviderError``.

    An answer that says that the callback was not confirmed is refused.
    """
    members = members_of(response)
    if members is None or response.status >= 300 or states_error(members):
        raise error_of(response, members, now)
    token, secret = members.get("oauth_token"), members.get("oauth_token_secret")
    if not (isinstance(token, str) and token and isinstance(secret, str)):
        raise unusable_answer("no oauth_token", response.status)
    if members.get("oauth_callback_confirmed", "true") not in {"true", True}:
        raise unusable_answer("the callback was not confirmed", response.status)
    return Issued(Token(token, secret), members)


def build_authorization_url(endpoint: str, temporary: str, params: Mapping[str, str | None]) -> str:
    """Where the browser goes (§2.2). No parameter of ``params`` can pass for one of OAuth's own."""
    free = {
        name: value
        for name, value in params.items()
        if value is not None and not _letters(name).startswith("oauth")
    }
    query = urlencode({"oauth_token": temporary, **free}, quote_via=quote, errors="replace")
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}"


def process_callback(params: Mapping[str, str], *, temporary: str) -> str:
    """The verifier that came back with the browser (§2.2).

    Raises ``FlowError`` (``callback_err``) unless it came with the token that was issued.
    """
    token, verifier = params.get("oauth_token", ""), params.get("oauth_verifier", "")
    if not (token and verifier):
        problem = readable(params.get("oauth_problem") or params.get("error", ""))
        opening = "The provider did not authorize this connection"
        raise FlowError(f"{opening}: {problem}" if problem else f"{opening}.")
    if not hmac.compare_digest(token.encode(), temporary.encode()):
        raise FlowError("The provider answered for another token than it was asked for.")
    return verifier


def _signed(
    endpoint: SignedEndpoint,
    consumer: Consumer,
    token: Token | None,
    stamp: Stamp,
    protocol_params: Mapping[str, str],
) -> OutboundRequest:
    encoded = urlencode(endpoint.params, quote_via=quote)
    is_form = bool(encoded) and endpoint.method == "POST"
    url = endpoint.url
    if encoded and not is_form:
        url = f"{url}{'&' if '?' in url else '?'}{encoded}"
    signature = authorization_header(
        endpoint.method,
        url,
        consumer,
        token,
        stamp,
        body_params=tuple(endpoint.params.items()) if is_form else (),
        protocol_params=protocol_params,
    )
    headers = {"authorization": signature, "accept": f"{FORM}, application/json;q=0.5, */*;q=0.1"}
    if is_form:
        headers["content-type"] = FORM
    return OutboundRequest(endpoint.method, url, headers, encoded.encode() if is_form else b"")


def _letters(name: str) -> str:
    """A name as the most lenient server may read it."""
    return "".join(letter for letter in name.casefold() if letter.isalpha())
