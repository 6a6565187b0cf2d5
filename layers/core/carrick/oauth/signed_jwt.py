"""JSON Web Tokens that Carrick signs itself: RFC 7519, as JWS compact serialization (RFC 7515).

Not here: reading or verifying a token; encryption (RFC 7516); ``none`` and EdDSA as algorithms.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from carrick.errors import InvalidRequestError
from carrick.oauth.pem import tidy

if TYPE_CHECKING:
    from joserfc.jwk import Key

_EC_ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_KEY_TYPES = {"HS": "oct", "RS": "RSA", "PS": "RSA", "ES": "EC"}


def signed_jwt(header: Mapping[str, Any], claims: Mapping[str, Any], key: str | bytes) -> str:
    """A token with this header, whose ``alg`` says how it is signed (RFC 7518 §3.1).

    ``key`` is the secret of an HMAC as bytes, or a private key as text: PEM, or a JWK (RFC 7517).
    Raises ``InvalidRequestError`` (``invalid_private_key``) for a key that does not fit.
    """
    # Here and not above: few connections sign, and the import takes long.
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jws import serialize_compact  # noqa: PLC0415

    algorithm = str(header.get("alg", ""))
    imported = _imported(key)
    if imported.key_type != _KEY_TYPES.get(algorithm[:2]):
        raise _unusable()
    payload = json.dumps(claims, separators=(",", ":"))
    try:
        return serialize_compact(dict(header), payload, imported, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        raise _unusable() from None


def header_for(private_key: str) -> dict[str, str]:
    """The usual header for a private key: ``alg`` by its kind, ``kid`` if the JWK has one.

    RS256 for RSA unless the JWK says otherwise. Raises as ``signed_jwt`` does.
    """
    key = _imported(private_key)
    usual = _EC_ALGORITHMS.get(getattr(key, "curve_name", ""), "RS256")
    header = {"alg": key.alg or usual, "typ": "JWT"}
    return {**header, "kid": key.kid} if key.kid else header


def public_key_fingerprint(private_key: str) -> str:
    """``SHA256:`` and the base64 SHA-256 of the public key in DER (SubjectPublicKeyInfo).

    As Snowflake names keys (key-pair authentication). Raises as ``signed_jwt`` does.
    """
    from joserfc.jwk import OctKey  # noqa: PLC0415

    key = _imported(private_key)
    if isinstance(key, OctKey):
        raise _unusable()
    der = key.as_bytes("DER", private=False)
    return f"SHA256:{b64encode(sha256(der).digest()).decode('ascii')}"


def _imported(key: str | bytes) -> "Key":
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import OctKey, import_key  # noqa: PLC0415

    try:
        if isinstance(key, bytes):
            return OctKey.import_key(key)
        text = key.strip()
        imported = import_key(json.loads(text)) if text.startswith("{") else _of_pem(text)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        # Not chained: the cause may quote the key.
        raise _unusable() from None
    if not imported.is_private:
        raise _unusable()
    return imported


def _of_pem(text: str) -> "Key":
    from cryptography.hazmat.primitives.asymmetric.ec import (  # noqa: PLC0415
        EllipticCurvePrivateKey,
    )
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415
    from joserfc.jwk import ECKey, RSAKey  # noqa: PLC0415

    key = load_pem_private_key(tidy(text).encode(), password=None)
    if isinstance(key, RSAPrivateKey):
        return RSAKey.import_key(key)
    if isinstance(key, EllipticCurvePrivateKey):
        return ECKey.import_key(key)
    raise _unusable()


def _unusable() -> InvalidRequestError:
    return InvalidRequestError("The private key cannot be used.", code="invalid_private_key")
