"""A budget and what was measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table that `make bench` prints."""

    what: str
    budget: str
    measured: str
    holds: bool


def at_most(what: str, limit: float, value: float, unit: str = "", digits: int = 2) -> Line:
    """A budget that is an upper limit."""
    return Line(what, f"<= {limit:g}{unit}", f"{value:.{digits}f}{unit}", value <= limit)


def at_least(what: str, limit: float, value: float, unit: str = "", digits: int = 1) -> Line:
    """A budget that is a lower limit."""
    return Line(what, f">= {limit:g}{unit}", f"{value:.{digits}f}{unit}", value >= limit)


def exactly(what: str, expected: int, value: int) -> Line:
    """A budget that is a count."""
    return Line(what, f"{expected}", f"{value}", value == expected)


def table(lines: list[Line]) -> str:
    """The rows, aligned."""
    widths = [
        max(len(getattr(line, name)) for line in lines) for name in ("what", "budget", "measured")
    ]
    return "\n".join(
        f"{'ok  ' if line.holds else 'OVER'}  {line.what:<{widths[0]}}  "
        f"{line.budget:>{widths[1]}}  {line.measured:>{widths[2]}}"
        for line in lines
    )
