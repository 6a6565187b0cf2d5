"""How long the catalog takes."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from carrick.catalog import Catalog
from tests.benchmarks.report import Line, at_most


def measure() -> list[Line]:
    """One entry, not yet in memory; and the list of all."""
    names = [entry["name"] for entry in Catalog().summaries()]
    Catalog().get(names[0])
    loads = [_milliseconds(lambda name=name: Catalog().get(name)) for name in names]
    lists = [_milliseconds(lambda: Catalog().summaries()) for _ in range(20)]
    return [
        at_most("catalog: one provider, median", 1, statistics.median(loads), " ms"),
        at_most(f"catalog: list of {len(names)}", 10, statistics.median(lists), " ms"),
    ]


def _milliseconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
