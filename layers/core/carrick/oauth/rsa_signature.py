"""RSASSA-PKCS1-v1_5 (RFC 8017 §8.2) with a private key in PEM, for signatures that are no JWS."""

from typing import Literal

from carrick.errors import InvalidRequestError
from carrick.oauth.pem import tidy


def rsa_signature(private_key: str, message: bytes, digest: Literal["sha1", "sha256"]) -> bytes:
    """The signature. Raises ``InvalidRequestError`` (``invalid_private_key``)."""
    # Here and not above: few connections sign with RSA, and the import takes long.
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        key = load_pem_private_key(tidy(private_key).encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        # Not chained: the cause may quote the key.
        raise InvalidRequestError("The private key is no RSA key.", code="invalid_private_key")
    # SHA-1 where a protocol has no other (RFC 5849 §3.4.3).
    algorithm = hashes.SHA256() if digest == "sha256" else hashes.SHA1()  # noqa: S303
    return key.sign(message, PKCS1v15(), algorithm)
