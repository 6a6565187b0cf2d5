"""What can go wrong, by who must act. ``edge`` maps each branch to a status once.

::

    CarrickError
    ├── InvalidRequestError          the caller sent something that cannot be used (400)
    │   └── ValidationFailedError    ... with a list of fields
    ├── UnauthenticatedError         no key or session, or not a live one (401)
    ├── ForbiddenError               a live key without the scope (403)
    ├── NotFoundError                no such thing in this environment (404)
    ├── ConflictError                the thing changed or exists already (409)
    ├── PayloadTooLargeError         over a stated limit (413)
    ├── UnsupportedMediaTypeError    a body that is not JSON (415)
    ├── FlowError                    this authorization cannot go on; shown to the end user (400)
    ├── RefreshError                 no fresh credentials can be had now (424)
    ├── ProviderError                the provider's answer to one of our requests
    │   ├── ProviderRejectedError        the grant is gone; the end user must act
    │   ├── ProviderConfigurationError   client or scope refused; the customer must act
    │   └── ProviderUnavailableError     may pass; try again later
    ├── EgressError                  an outbound request was not answered
    │   ├── EgressRefusedError           its address is not allowed
    │   └── EgressFailedError            it broke on the way; ``maybe_sent`` says how far it got
    ├── UpstreamError                a proxied request got no answer that can be passed on (502)
    │   └── UpstreamTimeoutError         ... in the time there is (504)
    └── SealError                    a secret could not be sealed or unsealed

``code`` is stable and in snake case. Neither ``code`` nor ``message`` ever holds a secret.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class CarrickError(Exception):
    """Base of every error that Carrick raises on purpose."""

    code = "server_error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class InvalidRequestError(CarrickError):
    """The caller sent something that cannot be used."""

    code = "invalid_body"


class ValidationFailedError(InvalidRequestError):
    """The fields of a body, query or path that are not as stated, each with a path and a reason."""

    def __init__(self, code: str, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__("The request is not valid.", code=code)
        self.errors = list(errors)


class UnauthenticatedError(CarrickError):
    """No credentials, or none that are live."""

    code = "missing_auth_header"


class ForbiddenError(CarrickError):
    """The key is live but lacks the scope."""

    code = "forbidden"


class NotFoundError(CarrickError):
    """No such thing in the caller's environment. Says the same for another tenant's."""

    code = "not_found"


class ConflictError(CarrickError):
    """The stored thing changed since it was read, or exists already."""

    code = "conflict"


class PayloadTooLargeError(CarrickError):
    """Over a stated limit."""

    code = "payload_too_large"


class UnsupportedMediaTypeError(CarrickError):
    """A body whose content type is not JSON."""

    code = "invalid_content_type"


class FlowError(CarrickError):
    """This authorization cannot go on. The person in the browser is shown why, escaped."""

    code = "callback_err"


class RefreshError(CarrickError):
    """No fresh credentials can be had now."""

    code = "connection_refresh_backoff"


class ProviderError(CarrickError):
    """What the provider answered. ``provider_code`` is its ``error``, cut to 100 characters."""

    code = "refresh_token_external_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        provider_code: str = "",
        status: int | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.provider_code = provider_code
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class ProviderRejectedError(ProviderError):
    """Terminal: the grant is revoked, expired or unknown (RFC 6749 §5.2 ``invalid_grant``)."""


class ProviderConfigurationError(ProviderError):
    """Client or scope is refused: the customer must act, connections stay alive."""


class ProviderUnavailableError(ProviderError):
    """Timeout, 5xx, 408, 425, 429, or an answer that is no token response at all."""


class EgressError(CarrickError):
    """An outbound request got no usable answer."""

    code = "egress_error"


class EgressRefusedError(EgressError):
    """The URL, port or an address it resolves to is not allowed. Nothing was sent."""

    code = "egress_refused"


class EgressFailedError(EgressError):
    """Broken on the way: name, connection, TLS, deadline, or an answer over the caps.

    ``maybe_sent`` is true once any byte of the request may have reached the peer: a refresh that
    was maybe sent must not be repeated blindly (the provider may have rotated the token).
    ``reason`` is ``timeout`` or ``too_large`` if it was one of these.
    """

    code = "egress_failed"

    def __init__(self, message: str, *, maybe_sent: bool, reason: str = "") -> None:
        super().__init__(message)
        self.maybe_sent = maybe_sent
        self.reason = reason


class UpstreamError(CarrickError):
    """A proxied request got no answer that can be passed on."""

    code = "upstream_failed"


class UpstreamTimeoutError(UpstreamError):
    """No answer in the time that an invocation has."""

    code = "upstream_timeout"


class SealError(CarrickError):
    """KMS refused, or a sealed value does not belong to the place it was read from."""

    code = "seal_error"
