"""The only module that reads the time. Times are UTC, in epoch seconds unless named otherwise."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Returns the current time in epoch seconds. Tests pass their own."""


def now() -> float:
    """The wall clock, in epoch seconds."""
    return time.time()


def monotonic() -> float:
    """A clock for durations that no adjustment of the wall clock can bend, in seconds."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait. Only for what another process holds: a lease, an item in a transaction."""
    time.sleep(seconds)


def iso_z(epoch_seconds: float) -> str:
    """ISO 8601 with milliseconds and ``Z``, as dates inside credentials are written."""
    moment = datetime.fromtimestamp(epoch_seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def iso_offset(epoch_seconds: float) -> str:
    """ISO 8601 with milliseconds and ``+00:00``, as the dates of rows are written."""
    return iso_z(epoch_seconds).removesuffix("Z") + "+00:00"


def parse_iso(text: str) -> float:
    """Epoch seconds of an ISO 8601 date; one without an offset is UTC. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
