"""When an access token ends: RFC 6749 §5.1 ``expires_in``, and what providers send instead.

A lifetime is believed from above 0 up to ten years. All else is "unknown" (``None``) rather than
"expired": ``0`` and ``-1`` stand for "never" at several providers, and a token that is thought
expired would be refreshed at each read. ``expires_in`` is preferred to a date, since it needs no
agreement of clocks.
"""

import re
from collections.abc import Callable

from carrick.clock import parse_iso

MAX_SECONDS = 10 * 365 * 86_400

_DATE_NAMES = ("expires_at", "expires_on")  # the second: Microsoft's v1 endpoints
_INTEGER = r"[0-9]{1,15}"
_MAX_DATE_LENGTH = 64
_MILLISECONDS_FROM = 100_000_000_000  # as seconds, the year 5138; as milliseconds, 1973


def expires_at(
    member: Callable[[str], object],
    *,
    now: float,
    unit: str = "seconds",
    fixed_seconds: int | None = None,
) -> float | None:
    """The end of an access token in epoch seconds, or ``None`` if the answer does not say.

    ``member`` looks up a member of the token answer by name. ``unit`` is that of ``expires_in``,
    ``seconds`` or ``milliseconds``. ``fixed_seconds`` is the lifetime that the vendor documents,
    used when the answer has none.
    """
    lifetime = _lifetime(member("expires_in"), 1000 if unit == "milliseconds" else 1)
    if lifetime is not None:
        return now + lifetime
    for name in _DATE_NAMES:
        moment = _moment(member(name))
        if moment is not None and now < moment <= now + MAX_SECONDS:
            return moment
    return now + fixed_seconds if fixed_seconds is not None and fixed_seconds > 0 else None


def _lifetime(value: object, per_second: int) -> float | None:
    number = _integer(value)
    if number is None or not 0 < number <= MAX_SECONDS * per_second:
        return None
    return number / per_second


def _moment(value: object) -> float | None:
    """A date as seconds, milliseconds or ISO 8601 text, in epoch seconds."""
    number = _integer(value)
    if number is not None:
        in_range = 0 < number < 10**15
        return (number / 1000 if number >= _MILLISECONDS_FROM else number) if in_range else None
    if not isinstance(value, str) or len(value) > _MAX_DATE_LENGTH:
        return None
    try:
        return parse_iso(value.strip())
    except (ValueError, OverflowError):
        return None


def _integer(value: object) -> int | None:
    """An integer, a float without a fraction (3600.0) or decimal digits; never a bool."""
    if type(value) is int:
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and re.fullmatch(_INTEGER, value.strip()):
        return int(value)
    return None
