"""Error answers sorted by who must act: RFC 6749 §5.2, RFC 9110 §10.2.3 (``Retry-After``).

=============  ==============================================  ============================
class          meaning                                         error
=============  ==============================================  ============================
TERMINAL       the grant is gone; the end user must act        ProviderRejectedError
CONFIGURATION  client or scope refused; the customer must act  ProviderConfigurationError
TRANSIENT      may pass; try again                             ProviderUnavailableError
UNKNOWN        an error that is not in the table below         ProviderUnavailableError
=============  ==============================================  ============================

A status that says "later" is believed before any code in the body: nobody's connection may die of
an overloaded server. UNKNOWN has the error code ``UNRECOGNIZED_ERROR``, so that a policy can give
up on it sooner than on an outage. Words in a description decide nothing: vendors change them.
"""

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum
from string import ascii_letters, digits

from carrick.errors import (
    ProviderConfigurationError,
    ProviderError,
    ProviderRejectedError,
    ProviderUnavailableError,
)

UNRECOGNIZED_ERROR = "unrecognized_provider_error"
UNUSABLE_ANSWER = "unusable_provider_answer"

_MAX_MESSAGE_LENGTH = 200
_MAX_CODE_LENGTH = 100


class FailureClass(StrEnum):
    """Who must act on a failed token request."""

    TERMINAL = "terminal"
    CONFIGURATION = "configuration"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"


# Codes in lower case. Each provider's own codes only where they are of its token endpoint.
_TERMINAL = frozenset(
    {
        "invalid_grant",  # RFC 6749 §5.2
        # OpenID Connect Core §3.1.2.6; Microsoft Entra sends the first and the last on refresh:
        # https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
        "interaction_required",
        "login_required",
        "consent_required",
        # https://docs.slack.dev/reference/methods/oauth.v2.access
        "invalid_refresh_token",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "invalid_code",
        "code_already_used",
        # https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
        "bad_verification_code",
        # GitHub (refreshing user access tokens), and HubSpot as BAD_REFRESH_TOKEN:
        # https://github.com/HubSpot/oauth-quickstart-nodejs/issues/16
        "bad_refresh_token",
        "bad_auth_code",
    }
)
_CONFIGURATION = frozenset(
    {
        # RFC 6749 §5.2
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_target",  # RFC 8707 §2
        # RFC 9449 §5 and §8: the entry does not say that this provider binds tokens to a key.
        "invalid_dpop_proof",
        "use_dpop_nonce",
        # https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors
        "deleted_client",
        # GitHub, the page named above
        "incorrect_client_credentials",
        "redirect_uri_mismatch",
        # Slack, the page named above
        "bad_client_secret",
        "bad_redirect_uri",
        "invalid_client_id",
        "oauth_authorization_url_mismatch",
    }
)
_TRANSIENT = frozenset(
    {
        # RFC 6749 §4.1.2.1 defines both for the other endpoint; servers send them here as well.
        "temporarily_unavailable",
        "server_error",
        "slow_down",  # RFC 8628 §3.5
        "rate_limit_exceeded",  # Salesforce
        # Slack, the page named above
        "fatal_error",
        "internal_error",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_LATER = frozenset({408, 425, 429})

_OPENINGS = {
    FailureClass.TERMINAL: "The provider no longer accepts this authorization",
    FailureClass.CONFIGURATION: "The provider refused the client or its configuration",
    FailureClass.TRANSIENT: "The provider could not answer now",
    FailureClass.UNKNOWN: "The provider answered with an error",
}

# Patterns stay text until an error needs them: compiling them would slow each cold start.
# Long runs of the characters that tokens are made of, base64 and URLs included.
_TOKEN_CHARACTERS = ascii_letters + digits + "_.+/=~%!-"
_TOKEN_SHAPED = f"[{_TOKEN_CHARACTERS}]{{20,}}"
# Error codes are words, in one case, joined by one sign: longer than 20 characters and no token.
_WORDS = r"[a-z]{1,16}([_. -][a-z]{1,16}){0,7}|[A-Z]{1,16}([_. -][A-Z]{1,16}){0,7}"
_SECONDS = r"[0-9]{1,9}(\.[0-9]{1,9})?"


def error_from(
    status: int,
    provider_code: str,
    description: str,
    headers: Mapping[str, str],
    now: float | None = None,
) -> ProviderError:
    """The error for an answer that states one; returned, for the caller to raise.

    ``provider_code`` is the ``error`` member or ``""``; header names are in lower case; ``now`` is
    in epoch seconds, for a ``Retry-After`` that is a date (else the answer's own ``Date`` counts).
    """
    failure = _classify(status, provider_code, headers)
    shown_code = readable_code(provider_code)
    said = ": ".join(part for part in (shown_code, readable(description)) if part)
    message = f"{_OPENINGS[failure]} (HTTP {status})" + (f": {said}" if said else ".")
    kind: type[ProviderError] = ProviderUnavailableError
    if failure is FailureClass.TERMINAL:
        kind = ProviderRejectedError
    elif failure is FailureClass.CONFIGURATION:
        kind = ProviderConfigurationError
    return kind(
        readable(message, len(_OPENINGS[failure]) + _MAX_MESSAGE_LENGTH, mask=False),
        code=UNRECOGNIZED_ERROR if failure is FailureClass.UNKNOWN else None,
        provider_code=shown_code,
        status=status,
        retry_after_seconds=retry_after_seconds(headers, now),
    )


def unusable_answer(reason: str, status: int, retry_after: float | None = None) -> ProviderError:
    """The error for an answer that cannot be read. ``reason`` is ours, not the provider's."""
    return ProviderUnavailableError(
        f"The provider's answer cannot be used (HTTP {status}): {reason}.",
        code=UNUSABLE_ANSWER,
        status=status,
        retry_after_seconds=retry_after,
    )


def failure_class(error: ProviderError) -> FailureClass:
    """The class that an error was made from."""
    if isinstance(error, ProviderRejectedError):
        return FailureClass.TERMINAL
    if isinstance(error, ProviderConfigurationError):
        return FailureClass.CONFIGURATION
    if isinstance(error, ProviderUnavailableError) and error.code != UNRECOGNIZED_ERROR:
        return FailureClass.TRANSIENT
    return FailureClass.UNKNOWN


def retry_after_seconds(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """``Retry-After`` in seconds from now, at least 0; ``None`` if absent or not understood."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(_SECONDS, text):
        return float(text)
    until = _http_date(text)
    since = now if now is not None else _http_date(headers.get("date", ""))
    return max(0.0, until - since) if until is not None and since is not None else None


def readable(text: str, limit: int = _MAX_MESSAGE_LENGTH, *, mask: bool = True) -> str:
    """A provider's words in one line of at most ``limit`` printable characters.

    Runs of 20 and more characters that a token could be made of become ``***``.
    """
    if len(text) > (window := 20 * limit):
        # Half a token, left by the cut, would be too short to be seen as one.
        text = text[:window].rstrip(_TOKEN_CHARACTERS)
    text = "".join(character if character.isprintable() else " " for character in text)
    text = " ".join(text.split())
    if mask:
        text = re.sub(_TOKEN_SHAPED, "***", text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _classify(status: int, provider_code: str, headers: Mapping[str, str]) -> FailureClass:
    code = provider_code.strip().lower()
    if status in _LATER or status >= 500 or code in _TRANSIENT:
        return FailureClass.TRANSIENT
    if code in _TERMINAL:
        return FailureClass.TERMINAL
    if code in _CONFIGURATION or (status == 401 and not code):
        return FailureClass.CONFIGURATION
    # A page for people, or no error by its status: a proxy, a maintenance page, a moved host.
    if not code and (status < 400 or "html" in headers.get("content-type", "").lower()):
        return FailureClass.TRANSIENT
    return FailureClass.UNKNOWN


def readable_code(provider_code: str) -> str:
    """An error code in at most 100 printable characters; masked unless it is made of words."""
    code = readable(provider_code, _MAX_CODE_LENGTH, mask=False)
    return code if re.fullmatch(_WORDS, code) else readable(provider_code, _MAX_CODE_LENGTH)


def _http_date(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
