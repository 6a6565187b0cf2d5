"""Requests of a client to an authorization server: its proofs are made anew for each one sent.

A client assertion serves once (RFC 7523 §3), and so does a DPoP proof. A server may refuse the
first proof only to say which nonce the next is to hold (RFC 9449 §8): nothing was carried out
then, so the request is sent once more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from carrick import identifiers
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.contract import Tools
from carrick.errors import EgressFailedError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.client_auth import Client, ClientAuthMethod, client_assertion
from carrick.oauth.dpop import demanded_nonce, dpop_proof


@dataclass(frozen=True, slots=True)
class Asker:
    """A client at a provider. ``token_url`` is what an assertion is for, unless the entry names an
    issuer. ``dpop_key`` is the connection's, empty without DPoP."""

    provider: Provider
    client_id: str
    client_secret: str = field(repr=False)
    token_url: str = field(repr=False)
    dpop_key: Mapping[str, str] = field(default_factory=dict, repr=False)


def ask(
    build: Callable[[Client], OutboundRequest],
    asker: Asker,
    tools: Tools,
    *,
    seconds: float,
    max_body_bytes: int,
) -> InboundResponse:
    """The answer to a request, whatever its status. ``seconds`` bounds a second try too.

    Raises ``EgressError``; ``InvalidRequestError`` for a private key that cannot be used.
    """
    until, nonce = tools.now() + seconds, None
    while True:
        request = build(_client(asker, tools.now()))
        if asker.dpop_key:
            request = _with_proof(request, asker, nonce, tools.now())
        left = until - tools.now()
        if left <= 0:  # refused for its nonce, so nothing was carried out
            raise EgressFailedError("The provider took too long.", maybe_sent=False)
        answer = tools.transport.send(request, deadline_seconds=left, max_body_bytes=max_body_bytes)
        demanded = demanded_nonce(answer) if asker.dpop_key and nonce is None else None
        if demanded is None:
            return answer
        nonce = demanded


def _client(asker: Asker, now: float) -> Client:
    client = oauth2.client_of(asker.provider, asker.client_id, asker.client_secret)
    if client.auth_method is not ClientAuthMethod.PRIVATE_KEY_JWT or not client.client_secret:
        return client
    assertion = client_assertion(
        client.client_id,
        client.client_secret,
        asker.provider.issuer or asker.token_url,
        now,
        jti=identifiers.new_nonce(),
    )
    return replace(client, assertion=assertion)


def _with_proof(
    request: OutboundRequest, asker: Asker, nonce: str | None, now: float
) -> OutboundRequest:
    proof = dpop_proof(
        asker.dpop_key,
        request.method,
        request.url,
        now,
        nonce=nonce,
        jti=identifiers.new_nonce(),
    )
    return replace(request, headers={**request.headers, "DPoP": proof})
