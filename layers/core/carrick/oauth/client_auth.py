"""Client authentication at the token and revocation endpoints: RFC 6749 §2.3.1, RFC 7523 §2.2.

Exactly one method per request (§2.3): a secret in the ``Authorization`` header is never in the body
as well. A client without a secret is a public client, whatever its method says: only its
``client_id`` is sent.

Not here: ``tls_client_auth`` (RFC 8705), which is no part of the message: a request names its
certificate (``models.http.ClientCertificate``); ``client_secret_jwt``.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote_plus

from carrick.oauth.signed_jwt import header_for, signed_jwt

ASSERTION_SECONDS = 300
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ClientAuthMethod(StrEnum):
    """Values of ``token_endpoint_auth_method`` (RFC 7591 §2), and one of ours."""

    CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 - the name of a method
    CLIENT_SECRET_POST = "client_secret_post"  # noqa: S105
    NONE = "none"
    CLIENT_SECRET_BASIC_RAW = "client_secret_basic_raw"  # noqa: S105
    """HTTP Basic without the form-urlencoding of §2.3.1, for servers that do not decode it."""
    PRIVATE_KEY_JWT = "private_key_jwt"


_WITHOUT_SECRET = frozenset({ClientAuthMethod.NONE, ClientAuthMethod.PRIVATE_KEY_JWT})


@dataclass(frozen=True, slots=True)
class Client:
    """The client as registered at the provider. ``client_secret`` is empty for a public client.

    ``assertion`` is what ``client_assertion`` made for this one request: ``private_key_jwt``.
    """

    client_id: str
    client_secret: str = field(repr=False)
    auth_method: ClientAuthMethod
    assertion: str = field(default="", repr=False)


def authenticate(client: Client) -> tuple[dict[str, str], dict[str, str]]:
    """The headers and the parameters that say who the client is."""
    if client.auth_method is ClientAuthMethod.PRIVATE_KEY_JWT and client.assertion:
        assertion = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": client.assertion}
        return {}, {"client_id": client.client_id, **assertion}
    if not client.client_secret or client.auth_method in _WITHOUT_SECRET:
        return {}, {"client_id": client.client_id}
    if client.auth_method is ClientAuthMethod.CLIENT_SECRET_POST:
        return {}, {"client_id": client.client_id, "client_secret": client.client_secret}
    if client.auth_method is ClientAuthMethod.CLIENT_SECRET_BASIC_RAW:
        return _basic(client.client_id, client.client_secret), {}
    # §2.3.1 encodes each half first, so that a colon in the id and any character beyond ASCII
    # survive. Authlib's ClientAuth joins the raw halves, which strict servers refuse.
    return _basic(quote_plus(client.client_id), quote_plus(client.client_secret)), {}


def client_assertion(
    client_id: str, private_key: str, audience: str, now: float, *, jti: str
) -> str:
    """A token that proves possession of the client's private key once (RFC 7523 §3).

    ``private_key`` in PEM or as a JWK, whose ``kid`` and ``alg`` are then named; ``audience`` is
    the token endpoint; ``now`` in epoch seconds; ``jti`` is to be random. Raises
    ``InvalidRequestError`` (``invalid_private_key``).
    """
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": int(now),
        "exp": int(now) + ASSERTION_SECONDS,
        "jti": jti,
    }
    return signed_jwt(header_for(private_key), claims, private_key)


def _basic(user: str, password: str) -> dict[str, str]:
    pair = b64encode(f"{user}:{password}".encode()).decode("ascii")
    return {"Authorization": f"Basic {pair}"}
