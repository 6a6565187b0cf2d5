"""The tables of docs/migrating-from-nango.md: what the official clients did in this run.

Each table stands between two comments and belongs to one test file, whose tests say what they saw;
its last test holds the committed table to it. With ``CARRICK_CLIENTS_TABLE=write`` it is written
instead (``make clients-table``).
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs/migrating-from-nango.md"
WORKS, DIFFERS, ABSENT = "works", "works differently", "not there"
HEAD = "| Call | | Why |\n|---|---|---|\n"


@dataclass(slots=True)
class ClientsTable:
    """The rows of one table, in the order in which they were seen. ``name`` is in its comments."""

    name: str
    rows: dict[str, tuple[str, str]] = field(default_factory=dict)

    def works(self, call: str) -> None:
        """As Nango does. What was seen to differ or to fail before stays."""
        self.rows.setdefault(call, (WORKS, ""))

    def differs(self, call: str, why: str) -> None:
        """Otherwise than Nango, on purpose."""
        self.rows[call] = (DIFFERS, why)

    def absent(self, call: str, why: str) -> None:
        """Refused in a way that the application can tell."""
        self.rows[call] = (ABSENT, why)

    def text(self) -> str:
        return HEAD + "\n".join(
            f"| `{call}` | {verdict} | {why + ' ' if why else ''}|"
            for call, (verdict, why) in self.rows.items()
        )

    def hold(self) -> None:
        """Fail unless the page has this table. Write it there instead, where that is wanted."""
        page = PAGE.read_text("utf-8")
        found = _place(self.name, page)
        if os.environ.get("CARRICK_CLIENTS_TABLE") == "write":
            new = page[: found.start(1)] + self.text() + page[found.end(1) :]
            PAGE.write_text(new, encoding="utf-8")
        else:
            assert found[1] == self.text(), "the clients did otherwise: see `make clients-table`"


def calls_in_tables() -> set[str]:
    """What the page says something about, in all tables."""
    return set(re.findall(r"^\| `(\w+)", PAGE.read_text("utf-8"), re.MULTILINE))


def _place(name: str, page: str) -> "re.Match[str]":
    begin, end = f"<!-- {name}: begin -->\n", f"\n<!-- {name}: end -->"
    found = re.search(f"{re.escape(begin)}(.*?){re.escape(end)}", page, re.DOTALL)
    assert found is not None, f"{PAGE.name} has no place for the table {name}"
    return found
