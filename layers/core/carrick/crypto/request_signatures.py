"""What entries have requests signed with: Ed25519 (RFC 9421 §3.3.6), and digests.

Pure functions over values. Nothing here knows where a key comes from or where a result goes.
"""

import base64
import hashlib
import hmac

from carrick.errors import InvalidRequestError

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}


def ed25519(private_key: str, message: bytes) -> bytes:
    """A signature by a private key in PEM.

    Raises ``InvalidRequestError`` (``unsupported_auth``) for what is no such key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_private_key,
    )

    try:
        key = load_pem_private_key(private_key.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        # Not chained: the error may quote the key.
        raise InvalidRequestError("The private key is no Ed25519 key.", code="unsupported_auth")
    return key.sign(message)


def content_digest(body: bytes) -> str:
    """``Content-Digest`` of a body (RFC 9530 §2)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def digest(text: str, algorithm: str, *, key: str | None = None) -> bytes:
    """A plain hash, or with ``key`` an HMAC (RFC 2104), over UTF-8."""
    maker = _ALGORITHMS[algorithm]
    if key is None:
        return maker(text.encode()).digest()
    return hmac.new(key.encode(), text.encode(), maker).digest()
