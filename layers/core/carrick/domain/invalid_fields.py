"""The error for a field whose form is right and whose value is not."""

from collections.abc import Sequence

from carrick.errors import ValidationFailedError


def invalid_field(
    path: Sequence[str], message: str, *, code: str = "custom"
) -> ValidationFailedError:
    """One problem at one place of the body. ``message`` must not hold the value."""
    problem = {"code": code, "message": message, "path": list(path)}
    return ValidationFailedError("invalid_body", [problem])
