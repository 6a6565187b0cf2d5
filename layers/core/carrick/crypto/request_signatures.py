"""Signatures of requests: AWS Signature Version 4, RFC 9421 with Ed25519, plain digests.

Pure functions over values. Nothing here knows where a key comes from or where a result goes.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from carrick.errors import InvalidRequestError
from carrick.models.http import OutboundRequest

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
# Sent by the transport, so they cannot be signed here; Host is signed from the URL.
_UNSIGNED = frozenset({"authorization", "x-amz-date"})


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """An access key, with the token of a session if it is temporary."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


def aws_sigv4(
    request: OutboundRequest, *, keys: AwsKeys, region: str, service: str
) -> dict[str, str]:
    """The headers of the request with those that sign it ("Signature Version 4", AWS IAM guide)."""
    from botocore.auth import S3SigV4Auth, SigV4Auth  # noqa: PLC0415 - few requests need it
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.credentials import Credentials  # noqa: PLC0415

    kept = {k: v for k, v in request.headers.items() if k.lower() not in _UNSIGNED}
    signed = AWSRequest(request.method, request.url, headers=kept, data=request.body)
    held = Credentials(keys.access_key_id, keys.secret_access_key, keys.session_token)
    scheme = S3SigV4Auth if service == "s3" else SigV4Auth
    scheme(held, service, region).add_auth(signed)
    return {str(name).lower(): str(value) for name, value in signed.headers.items()}


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
