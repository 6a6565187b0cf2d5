"""OAuth 1.0a: the signature of a request (RFC 5849 §3), as an ``Authorization`` header.

Not here: the three requests of the redirect flow (§2), which are ordinary signed requests with
``oauth_callback`` or ``oauth_verifier``; parameters in query or body (§3.5.2, §3.5.3), which end up
in logs.

Own code and not Authlib's: any import below ``authlib.oauth1`` loads its server classes too. The
tests compare with its functions, and with the RFC's own examples.
"""

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, quote, urlsplit

from carrick.oauth.rsa_signature import rsa_signature

SignatureMethod = Literal["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"]
Pairs = Iterable[tuple[str, str]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_DIGESTS = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}


@dataclass(frozen=True, slots=True)
class Consumer:
    """The client as registered at the provider, and how its requests are signed.

    ``secret`` is the shared secret, for ``RSA-SHA1`` the private key in PEM. An empty ``realm``
    (§3.5.1) is not sent.
    """

    key: str
    secret: str = field(repr=False)
    signature_method: SignatureMethod = "HMAC-SHA1"
    realm: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """Token credentials, or the temporary ones of the redirect flow (§2.1)."""

    token: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes each request its own (§3.3). ``timestamp`` in epoch seconds; ``nonce`` random."""

    timestamp: int
    nonce: str


def authorization_header(
    method: str,
    url: str,
    consumer: Consumer,
    token: Token | None,
    stamp: Stamp,
    *,
    body_params: Pairs = (),
    protocol_params: Mapping[str, str] | None = None,
) -> str:
    """The value of ``Authorization`` for a request (§3.5.1).

    ``url`` is as sent, with its query. ``body_params`` are those of a form-encoded body, decoded;
    a body of another kind is not signed (§3.4.1.3.1). ``protocol_params`` are further ``oauth_``
    parameters: ``oauth_callback`` (§2.1) or ``oauth_verifier`` (§2.3).

    Raises ``InvalidRequestError`` (``invalid_private_key``) for an RSA key that cannot be read.
    """
    protocol = {
        "oauth_consumer_key": consumer.key,
        **({"oauth_token": token.token} if token else {}),
        "oauth_signature_method": consumer.signature_method,
        "oauth_timestamp": str(stamp.timestamp),
        "oauth_nonce": stamp.nonce,
        "oauth_version": "1.0",
        **(protocol_params or {}),
    }
    base = signature_base_string(method, url, (*protocol.items(), *body_params))
    protocol["oauth_signature"] = signature(base, consumer, token)
    parts = [f'{_encoded(name)}="{_encoded(value)}"' for name, value in protocol.items()]
    if consumer.realm:
        parts.insert(0, f'realm="{_quotable(consumer.realm)}"')
    return f"OAuth {', '.join(parts)}"


def signature_base_string(method: str, url: str, params: Pairs) -> str:
    """What is signed (§3.4.1). ``params``: all but those of the query, which ``url`` has."""
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in (*query, *params))
    normal = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join((method.upper(), _encoded(_base_uri(url)), _encoded(normal)))


def signature(base_string: str, consumer: Consumer, token: Token | None) -> str:
    """The signature of a base string by the consumer's method (§3.4.2 to §3.4.4)."""
    method = consumer.signature_method
    if method == "RSA-SHA1":
        return _base64(rsa_signature(consumer.secret, base_string.encode("ascii"), "sha1"))
    key = f"{_encoded(consumer.secret)}&{_encoded(token.secret if token else '')}"
    if method == "PLAINTEXT":
        return key
    return _base64(hmac.digest(key.encode("ascii"), base_string.encode("ascii"), _DIGESTS[method]))


def _base_uri(url: str) -> str:
    """Scheme, host and path (§3.4.1.2): in lower case but for the path, without a usual port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    if parts.port == _DEFAULT_PORTS.get(parts.scheme):
        host = host.removesuffix(f":{parts.port}")
    return f"{parts.scheme}://{host}{parts.path or '/'}"


def _encoded(text: str) -> str:
    """Percent-encoding as §3.6 has it: all but unreserved characters, in upper case."""
    return quote(text, safe="~")


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
