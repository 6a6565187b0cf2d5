"""Remembers look-ups of settings for half a minute, for warm functions."""

from collections.abc import Callable
from typing import TypeVar

from carrick.clock import Clock

SECONDS = 30.0
MOST = 500

Value = TypeVar("Value")


def remembered(
    look_up: Callable[[str], Value | None], *, now: Clock, seconds: float = SECONDS
) -> Callable[[str], Value | None]:
    """The same look-up; what it found is good for ``seconds``. Nothing is remembered of a miss.

    Never for secrets or for anything whose change must hold at once.
    """
    found: dict[str, tuple[float, Value]] = {}

    def look_up_once(key: str) -> Value | None:
        held = found.get(key)
        if held is not None and held[0] > now():
            return held[1]
        value = look_up(key)
        if value is not None:
            if len(found) >= MOST:
                found.clear()
            found[key] = (now() + seconds, value)
        return value

    return look_up_once
