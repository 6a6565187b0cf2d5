"""Tokens of an app for one installation of it: the JWT that the app proves itself with, and what it
is exchanged for (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app).

Not here: tokens narrowed to some repositories or permissions.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from carrick.errors import InvalidRequestError, ProviderRejectedError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import error_of, members_of
from carrick.oauth.errors import unusable_answer
from carrick.oauth.signed_jwt import header_for, signed_jwt

ASSERTION_SECONDS = 540
"""GitHub takes ten minutes at most, by its own clock."""

SKEW_SECONDS = 60
"""How far the app's clock may be ahead: GitHub recommends to say that it was issued so long ago."""

# Assumed when the answer does not say (the vendor's page).
LIFETIME_SECONDS = 3_600.0

_PEM_BEGINNING = "-----BEGIN"


@dataclass(frozen=True, slots=True)
class InstallationToken:
    """``expires_at`` in epoch seconds."""

    token: str = field(repr=False)
    expires_at: float
    raw: Mapping[str, object] = field(repr=False)


def pem_of(private_key: str) -> str:
    """The key as PEM, whether it is given so or as the base64 of a PEM file.

    Raises ``InvalidRequestError`` (``invalid_private_key``) unless it is an RSA key.
    """
    text = private_key.strip()
    if not text.startswith(_PEM_BEGINNING):
        try:
            text = b64decode(text, validate=True).decode("ascii").strip()
        except (binascii.Error, ValueError):
            text = ""
    if not text.startswith(_PEM_BEGINNING) or header_for(text)["alg"] != "RS256":
        raise InvalidRequestError("The private key is no RSA key.", code="invalid_private_key")
    return text


def app_assertion(app_id: str, private_key: str, *, now: float) -> str:
    """The JWT of an app (RS256), good for nine minutes. ``now`` in epoch seconds."""
    issued_at = int(now) - SKEW_SECONDS
    claims = {"iat": issued_at, "exp": int(now) + ASSERTION_SECONDS, "iss": app_id}
    return signed_jwt({"alg": "RS256", "typ": "JWT"}, claims, pem_of(private_key))


def build_installation_token_request(url: str, assertion: str) -> OutboundRequest:
    """The request for an installation's token."""
    headers = {"authorization": f"Bearer {assertion}", "accept": "application/vnd.github+json"}
    return OutboundRequest("POST", url, headers)


def process_installation_token_response(
    response: InboundResponse, *, now: float
) -> InstallationToken:
    """The token. ``now`` in epoch seconds.

    Raises ``ProviderRejectedError`` when the installation is gone, another ``ProviderError`` for
    any other answer that has none.
    """
    members = members_of(response)
    if response.status in {404, 410}:
        raise ProviderRejectedError("The app is no longer installed there.", status=response.status)
    if members is None or response.status >= 300:
        raise error_of(response, members, now)
    token = members.get("token")
    if not (isinstance(token, str) and token):
        raise unusable_answer("no token", response.status)
    return InstallationToken(token, _expiry(members.get("expires_at"), now), members)


def _expiry(stated: object, now: float) -> float:
    try:
        return datetime.fromisoformat(str(stated)).timestamp()
    except ValueError:
        return now + LIFETIME_SECONDS
