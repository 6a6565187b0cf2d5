"""JWT and SIGNATURE: a token that Carrick signs itself with what a person filled in.

Nobody is asked for the token, so it is verified where the entry declares a call, and signed anew
whenever it is about to end.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from carrick import identifiers
from carrick.catalog.interpolation import render
from carrick.catalog.quirks import KEY_IN_TWO_PARTS
from carrick.catalog.schema import Provider
from carrick.catalog.schema.modes import SelfSignedToken
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.placeholders import Values, values_of
from carrick.domain.modes.verification import REFUSED, verify
from carrick.errors import CarrickError, FlowError, InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.oauth.signed_jwt import public_key_fingerprint, signed_jwt

Sign = Callable[[Mapping[str, str], Setting, float], str]


@dataclass(frozen=True, slots=True)
class SelfSigned:
    """Credentials of ``type``: what was filled in, and the ``token`` that ``sign`` makes of it."""

    type: str
    sign: Sign
    failure_code: str = REFUSED

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        obtained = self._signed(dict(submitted), setting, tools)
        verify(obtained.credentials, setting, tools)
        return obtained

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return True

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return self._signed({**credentials.values}, setting, tools)

    def _signed(self, fields: dict[str, str], setting: Setting, tools: Tools) -> Obtained:
        fields.pop("token", None)
        now = tools.now()
        values = {**fields, "token": self.sign(fields, setting, now)}
        expires_at = now + described(setting.provider).lifetime_seconds
        return Obtained(Credentials(self.type, values, expires_at))


def described(provider: Provider) -> SelfSignedToken:
    """What the entry says of the token. Raises ``CarrickError`` if it says nothing."""
    if provider.self_signed_token is None:
        raise CarrickError(f"{provider.name} describes no token.", code="invalid_template")
    return provider.self_signed_token


def jwt(fields: Mapping[str, str], setting: Setting, now: float) -> str:
    """The token as the entry describes it, with ``iat`` and ``exp`` (RFC 7519 §4.1).

    Raises ``InvalidRequestError`` (``invalid_private_key``).
    """
    token = described(setting.provider)
    values = values_of(setting, _with_halves(fields, setting.provider), now=now)
    key = render(token.signing_key or "", values)
    if token.public_key_fingerprint:
        bare = {"publicKeyFingerprint": public_key_fingerprint(key)}
        values = values_of(setting, fields, now=now, bare=bare)
    claims = {
        **present(token.payload, values),
        "iat": int(now),
        "exp": int(now) + token.lifetime_seconds,
    }
    secret = _secret(key, token) if token.protocol == "HMAC" else key
    return signed_jwt(present(token.header, values), claims, secret)


def wsse(fields: Mapping[str, str], setting: Setting, now: float) -> str:
    """The value of ``X-WSSE`` (OASIS WS-Security UsernameToken, in a header).

    The digest is the base64 of the SHA-1 in hexadecimal digits, not of its bytes: so Emarsys, whose
    entry is the only one, documents it (dev.emarsys.com, "Authentication").
    """
    nonce = identifiers.new_nonce()
    created = datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = f"{nonce}{created}{fields.get('password', '')}"
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    name = fields.get("username", "").replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'UsernameToken Username="{name}", '
        f'PasswordDigest="{base64.b64encode(digest.encode()).decode()}", '
        f'Nonce="{nonce}", Created="{created}"'
    )


def _with_halves(fields: Mapping[str, str], provider: Provider) -> Mapping[str, str]:
    """With the quirk ``key_in_two_parts``, both halves of each ``id:secret`` under their names."""
    if KEY_IN_TWO_PARTS not in provider.quirks:
        return fields
    halves: dict[str, str] = {}
    for name in provider.credentials:
        key_id, colon, secret = fields.get(name, "").partition(":")
        if not (key_id and colon and secret):
            raise InvalidRequestError(f"{name} must be id:secret.", code="invalid_private_key")
        halves |= {f"{name}.id": key_id, f"{name}.secret": secret}
    return {**fields, **halves}


def _secret(key: str, token: SelfSignedToken) -> bytes:
    if token.secret_encoding != "hex":  # noqa: S105 - the name of an encoding
        return key.encode()
    try:
        return bytes.fromhex(key)
    except ValueError:
        message = "The secret is not hexadecimal."
        raise InvalidRequestError(message, code="invalid_private_key") from None


def present(tree: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """Members with values put in. One that an optional field leaves open is not there."""
    members = {}
    for name, part in tree.items():
        is_list = isinstance(part, list | tuple)
        texts = [_text(item, values) for item in (part if is_list else [part])]
        present = [text for text in texts if text is not None]
        if present:
            members[name] = present if is_list else present[0]
    return members


def _text(value: Any, values: Values) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return render(value, values)
    except FlowError:
        return None


JWT = SelfSigned("JWT", jwt)
SIGNATURE = SelfSigned("SIGNATURE", wsse)
