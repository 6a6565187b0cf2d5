"""Client authentication at the token and revocation endpoints: RFC 6749 §2.3.1 and appendix B.

Exactly one method per request (§2.3): a secret in the ``Authorization`` header is never in the body
as well. A client without a secret is a public client, whatever its method says: only its
``client_id`` is sent.

Not here: ``private_key_jwt`` (RFC 7523) and ``tls_client_auth`` (RFC 8705).
"""

from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote_plus


class ClientAuthMethod(StrEnum):
    """Values of ``token_endpoint_auth_method`` (RFC 7591 §2), and one of ours."""

    CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 - the name of a method
    CLIENT_SECRET_POST = "client_secret_post"  # noqa: S105
    NONE = "none"
    CLIENT_SECRET_BASIC_RAW = "client_secret_basic_raw"  # noqa: S105
    """HTTP Basic without the form-urlencoding of §2.3.1, for servers that do not decode it."""


@dataclass(frozen=True, slots=True)
class Client:
    """The client as registered at the provider. ``client_secret`` is empty for a public client."""

    client_id: str
    client_secret: str = field(repr=False)
    auth_method: ClientAuthMethod


def authenticate(client: Client) -> tuple[dict[str, str], dict[str, str]]:
    """The headers and the parameters that say who the client is."""
    if not client.client_secret or client.auth_method is ClientAuthMethod.NONE:
        return {}, {"client_id": client.client_id}
    if client.auth_method is ClientAuthMethod.CLIENT_SECRET_POST:
        return {}, {"client_id": client.client_id, "client_secret": client.client_secret}
    if client.auth_method is ClientAuthMethod.CLIENT_SECRET_BASIC_RAW:
        return _basic(client.client_id, client.client_secret), {}
    # §2.3.1 encodes each half first, so that a colon in the id and any character beyond ASCII
    # survive. Authlib's ClientAuth joins the raw halves, which strict servers refuse.
    return _basic(quote_plus(client.client_id), quote_plus(client.client_secret)), {}


def _basic(user: str, password: str) -> dict[str, str]:
    pair = b64encode(f"{user}:{password}".encode()).decode("ascii")
    return {"Authorization": f"Basic {pair}"}
