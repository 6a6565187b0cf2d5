"""Errors as the official clients read them: ``{"error": {"code", "message"}}``, and their status."""

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
    (errors.FlowError, 400),
    (errors.InvalidRequestError, 400),
    (errors.SealError, 500),
)


def status_of(error: errors.CarrickError) -> int:
    """The HTTP status of a known error; 500 for one that no caller can mend."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def envelope(error: errors.CarrickError) -> dict[str, Any]:
    """The body of an error answer (contract §1.5)."""
    if isinstance(error, errors.ValidationFailedError):
        return {"error": {"code": error.code, "errors": error.errors}}
    return {"error": {"code": error.code, "message": error.message}}
