"""``docs/providers.md``: every provider and how far it is corroborated; formats and quirks.

Made by ``python -m carrick.catalog --docs``; a test compares.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from carrick.catalog.corroboration import CATALOGS, LEVELS
from carrick.catalog.formats import FORMATS
from carrick.catalog.quirks import QUIRKS

if TYPE_CHECKING:
    from carrick.catalog.schema import Provider

VENDOR = "vendor"

_OPENING = """\
# Providers

<!-- Made by `make catalog`. Edit layers/core/carrick/catalog/ instead. -->

{count} providers. Each is a file in `layers/core/carrick/catalog/providers/`, by its name.
An overlay adds to them or changes them without a fork: `make provider FILE=…` checks a file and
shows what its provider would receive ([how](../CONTRIBUTING.md#add-a-provider-in-five-steps)).

## How far an entry is corroborated

The endpoints of each entry were compared with what public catalogs of providers state: {catalogs}.
What else an entry holds (inputs, headers, limits) comes from one of them, or from the vendor.
No endpoint was called for this.

"""


def build_reference(providers: Iterable["Provider"]) -> str:
    """The document, from all providers in the order that they shall stand in."""
    listed = list(providers)
    levels = Counter(map(level, listed))
    named = [f"[{name}](https://github.com/{at})" if "/" in at else name for name, at in _sorted()]
    return "".join(
        [
            _OPENING.format(count=f"{len(listed):,}", catalogs=", ".join(named)),
            _table(("Level", "Providers", "Meaning"), _level_rows(levels)),
            "\n## Auth modes\n\n",
            _table(("Auth mode", "Providers"), _counted(p.auth_mode for p in listed)),
            "\n## All providers\n\nBehind the level: how many of the catalogs agree.\n\n",
            _table(("Name", "Provider", "Auth mode", "Corroborated"), map(_row, listed)),
            "\n## Formats of inputs\n\nWhat `format` may be, and what a value must then be.\n\n",
            _table(("Format", "A value is", "Characters"), _format_rows()),
            "\n## Quirks\n\nBehaviour that data cannot express.\n\n",
            _table(("Quirk", "Meaning", "Providers"), _quirk_rows()),
        ]
    )


def level(provider: "Provider") -> str:
    """How far an entry is corroborated: one of ``LEVELS``, or ``vendor``."""
    return provider.corroboration or VENDOR


def _sorted() -> list[tuple[str, str]]:
    return sorted(CATALOGS.items())


def _level_rows(levels: Mapping[str, int]) -> Iterable[tuple[str, ...]]:
    meanings = {VENDOR: "Written from the vendor's page that the entry names.", **LEVELS}
    return ((name, str(levels.get(name, 0)), meaning) for name, meaning in meanings.items())


def _counted(names: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return ((f"`{name}`", str(count)) for name, count in Counter(names).most_common())


def _row(provider: "Provider") -> tuple[str, ...]:
    agreed = f"{level(provider)} ({len(provider.sources)})"
    return f"`{provider.name}`", provider.display_name, f"`{provider.auth_mode}`", agreed


def _format_rows() -> Iterable[tuple[str, ...]]:
    return ((f"`{name}`", rule.hint, f"1 to {rule.max_length}") for name, rule in FORMATS.items())


def _quirk_rows() -> Iterable[tuple[str, ...]]:
    for name, quirk in QUIRKS.items():
        users = " ".join(f"`{provider}`: {reason}" for provider, reason in quirk.providers.items())
        yield f"`{name}`", quirk.meaning, users


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
