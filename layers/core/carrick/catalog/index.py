"""The generated lists of all packaged providers; a test compares them.

``index.json`` has what a picker shows, ``entries.json`` each whole entry in its public form: the
former is read in a fraction of the time.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carrick.catalog.library import ENTRIES, INDEX, summary
from carrick.catalog.public import public_entry

if TYPE_CHECKING:
    from carrick.catalog.schema import Provider

FORMAT_VERSION = 1


def build_lists(providers: Iterable["Provider"]) -> dict[Path, str]:
    """The generated files and their text: one provider a line, in the order given."""
    entries = [public_entry(provider) for provider in providers]
    return {INDEX: _document(map(summary, entries)), ENTRIES: _document(entries)}


def _document(items: Iterable[Mapping[str, Any]]) -> str:
    lines = (json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items)
    listed = ",\n".join(lines)
    return f'{{"format":{FORMAT_VERSION},"providers":[\n{listed}\n]}}\n'
