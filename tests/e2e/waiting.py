"""Waiting for what other processes do: by looking again until a deadline."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

LOOK_EVERY_SECONDS = 0.05

Found = TypeVar("Found")


def until(look: Callable[[], Found], *, seconds: float, what: str) -> Found:
    """What ``look`` returns, once that is true. The test fails if it is not by the deadline."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"Not within {seconds:g} seconds: {what}")
        pause.wait(LOOK_EVERY_SECONDS)
    return found
