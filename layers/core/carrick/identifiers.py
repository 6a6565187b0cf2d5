"""Random identifiers and tokens, one prefix each, so that a leaked one can be recognised.

All randomness is the operating system's. Tokens that grant something carry 256 bits.
"""

import re
import secrets
import uuid
import zlib

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SESSION_TOKEN_PREFIX = "nango_connect_session_"  # noqa: S105 - the official clients look for this prefix
API_KEY_PREFIX = "carrick_sk_"
WEBHOOK_KEY_PREFIX = "whsec_"
_WS_CLIENT_ID = re.compile(r"ws_[A-Za-z0-9_-]{43}\.([A-Za-z0-9+/=_-]{1,128})")


def _base62(length: int) -> str:
    return "".join(secrets.choice(BASE62) for _ in range(length))


def new_environment_id() -> str:
    """A UUID v4, as the official clients expect of an environment."""
    return str(uuid.uuid4())


def new_connection_id() -> str:
    """A UUID v4: the public name of a connection that the caller did not name."""
    return str(uuid.uuid4())


def new_numeric_id() -> int:
    """A random positive integer below 2**53, exact in JavaScript: the ``id`` of rows."""
    return secrets.randbits(53) or 1


def new_session_token() -> str:
    """A connect session token: prefix and 256 random bits in hexadecimal."""
    return SESSION_TOKEN_PREFIX + secrets.token_hex(32)


def new_state() -> str:
    """The OAuth ``state``: 256 bits, base64url (RFC 6749 §10.12)."""
    return secrets.token_urlsafe(32)


def new_browser_binding() -> str:
    """The value of the cookie that binds a flow to one browser: 256 bits."""
    return secrets.token_urlsafe(32)


def new_confirm_code() -> str:
    """What an application confirms a connection with, once: 256 bits, base64url."""
    return secrets.token_urlsafe(32)


def new_code_verifier() -> str:
    """A PKCE verifier: 43 characters from 256 bits (RFC 7636 §4.1)."""
    return secrets.token_urlsafe(32)


def new_nonce() -> str:
    """What makes one signed request or token different from all others: 128 bits.

    22 letters and digits: providers made with oauthlib refuse less than 20 and more than 30.
    """
    return _base62(22)


def new_event_id() -> str:
    """The ``webhook-id`` of an event."""
    return "msg_" + _base62(27)


def new_operation_id() -> str:
    """Names one thing that happened, in logs and in the activity table."""
    return "op_" + _base62(22)


def new_lease_owner() -> str:
    """Names one attempt to refresh."""
    return "lease_" + _base62(16)


def new_webhook_signing_key() -> str:
    """A Standard Webhooks secret: ``whsec_`` and 256 bits in base64."""
    import base64  # noqa: PLC0415 - not on the path of a token read

    return WEBHOOK_KEY_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def new_ws_client_id(gateway_id: str) -> str:
    """Names a browser's socket: ``ws_<secret, 43>.<API Gateway's id of the connection>``.

    256 bits are secret: whoever knows the whole has results written to that socket.
    """
    return f"ws_{secrets.token_urlsafe(32)}.{gateway_id}"


def parse_ws_client_id(text: str) -> str | None:
    """The gateway's connection id that a socket's name claims, or ``None`` if it is no name."""
    found = _WS_CLIENT_ID.fullmatch(text)
    return found[1] if found is not None else None


def new_api_key(environment_id: str) -> tuple[str, str]:
    """A key of an environment, and its id.

    The text is ``carrick_sk_<environment, 32 hex><key id, 8><secret, 43><checksum, 6>``: what is
    needed to find the stored hash, 256 bits of secret, and a checksum that lets a scanner tell a
    key from noise and lets a mistyped key be refused without a look-up.
    """
    key_id = _base62(8)
    body = uuid.UUID(environment_id).hex + key_id + _base62(43)
    return API_KEY_PREFIX + body + _checksum(body), key_id


def parse_api_key(text: str) -> tuple[str, str] | None:
    """The environment id and key id that a key claims, or ``None`` if it is no key of ours."""
    body, checksum = text[len(API_KEY_PREFIX) : -6], text[-6:]
    if (
        not text.startswith(API_KEY_PREFIX)
        or len(body) != 83
        or not body.isascii()
        or _checksum(body) != checksum
    ):
        return None
    try:
        return str(uuid.UUID(hex=body[:32])), body[32:40]
    except ValueError:
        return None


def _checksum(text: str) -> str:
    number, digits = zlib.crc32(text.encode("ascii")), ""
    for _ in range(6):
        number, index = divmod(number, 62)
        digits = BASE62[index] + digits
    return digits
