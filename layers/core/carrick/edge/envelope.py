"""Errors as the official clients read them, and their status.

The body is ``{"error": {"code", "message"}}`` (contract §1.5).
"""

from typing import Any

from carrick import errors

STATUS: tuple[tuple[type[errors.CarrickError], int], ...] = (
    (errors.UnauthenticatedError, 401),
    (errors.ForbiddenError, 403),
    (errors.NotFoundError, 404),
    (errors.ConflictError, 409),
    (errors.PayloadTooLargeError, 413),
    (errors.UnsupportedMediaTypeError, 415),
    (errors.RefreshError, 424),
    (errors.ProviderError, 424),
    (errors.EgressError, 424),
    (errors.UpstreamTimeoutError, 504),
    (errors.UpstreamError, 502),
    (errors.FlowError, 400),
    (errors.InvalidRequestError, 400),
    (errors.SealError, 500),
)


def status_of(error: errors.CarrickError) -> int:
    """The HTTP status of a known error; 500 for one that no caller can mend."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def page_status_of(error: errors.CarrickError) -> int:
    """The status of a page in the popup: what a provider did wrong is 400 (contract §5.7)."""
    status = status_of(error)
    return 400 if status == 424 else status


def envelope(error: errors.CarrickError) -> dict[str, Any]:
    """The body of an error answer (contract §1.5)."""
    if isinstance(error, errors.ValidationFailedError):
        return {"error": {"code": error.code, "errors": error.errors}}
    return {"error": {"code": error.code, "message": error.message}}
