"""`make bench`: prints the budgets of docs/architecture.md as measured in this run."""

import sys

from tests.benchmarks import catalog, cold_start, connect_page, due_index, flows, token_read
from tests.benchmarks.report import table
from tests.benchmarks.rig import rig


def main() -> int:
    """Measure and print; the exit code says whether all budgets hold."""
    lines = catalog.measure()
    with rig() as running:
        lines += token_read.measure(running)
        lines += flows.measure(running)
        lines += due_index.measure(running)
    lines += cold_start.measure()
    lines += connect_page.measure()
    sys.stderr.flush()
    print(table(lines))
    return 0 if all(line.holds for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
