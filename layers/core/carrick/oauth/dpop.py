"""Proof of possession of a key, on each request: DPoP, RFC 9449.

A key is a JWK (RFC 7517) with its private part, on P-256: what ``crypto.proof_keys`` makes. Servers
sign nothing here, they only say which nonce the next proof is to hold (§8, §9).
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

from authlib.common.encoding import to_unicode, urlsafe_b64encode

from carrick.models.http import InboundResponse
from carrick.oauth.answers import members_of
from carrick.oauth.signed_jwt import signed_jwt

ALGORITHM = "ES256"
TOKEN_TYPE = "DPoP"  # noqa: S105 - the name of a type

_PUBLIC_MEMBERS = ("crv", "kty", "x", "y")  # in the order of RFC 7638 §3.3
_DEMAND = "use_dpop_nonce"
_MAX_NONCE_LENGTH = 1024


def dpop_proof(
    key: Mapping[str, str],
    method: str,
    url: str,
    now: float,
    access_token: str | None = None,
    nonce: str | None = None,
    *,
    jti: str,
) -> str:
    """The value of the ``DPoP`` header for one request (§4.2).

    ``url`` may have a query, which is not signed. ``access_token`` is the one that the request
    carries, if any; ``now`` in epoch seconds; ``jti`` is to be random.
    """
    header = {"typ": "dpop+jwt", "alg": ALGORITHM, "jwk": _public(key)}
    scheme, host, path, _, _ = urlsplit(url)
    claims: dict[str, object] = {
        "jti": jti,
        "htm": method.upper(),
        "htu": urlunsplit((scheme, host, path, "", "")),
        "iat": int(now),
    }
    if access_token is not None:
        claims["ath"] = _digest(access_token)
    if nonce is not None:
        claims["nonce"] = nonce
    return signed_jwt(header, claims, json.dumps(dict(key)))


def thumbprint(key: Mapping[str, str]) -> str:
    """What names the key in an authorization request: ``dpop_jkt`` (§10, RFC 7638)."""
    return _digest(json.dumps(_public(key), separators=(",", ":")))


def demanded_nonce(response: InboundResponse) -> str | None:
    """The nonce that the next proof must hold, if the answer refuses this one for lack of it.

    From an authorization server (§8) or a resource server (§9); ``None`` for every other answer.
    """
    nonce = response.headers.get("dpop-nonce", "")
    if not 0 < len(nonce) <= _MAX_NONCE_LENGTH or response.status not in {400, 401}:
        return None
    told = f'"{_DEMAND}"' in response.headers.get("www-authenticate", "")
    return nonce if told or (members_of(response) or {}).get("error") == _DEMAND else None


def _public(key: Mapping[str, str]) -> dict[str, str]:
    return {name: key[name] for name in _PUBLIC_MEMBERS}


def _digest(text: str) -> str:
    return str(to_unicode(urlsafe_b64encode(sha256(text.encode("ascii")).digest())))
