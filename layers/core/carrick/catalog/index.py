"""The generated lists of all packaged providers; a test compares them.

``index.json`` has what a picker shows, ``entries.json`` each whole entry in its public form: the
former is read in a fraction of the time.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from carrick.catalog.library import ENTRIES, INDEX, PACKAGED, load, provider_files, summary
from carrick.catalog.public import public_entry

FORMAT_VERSION = 1


def build_index(directory: Path = PACKAGED) -> dict[Path, str]:
    """The generated files and their text: one provider a line, by name.

    Raises ``CarrickError`` (``invalid_provider_file``) for the first file that is not valid.
    """
    entries = [public_entry(load(path, (directory,))) for path in provider_files(directory)]
    return {INDEX: _document(map(summary, entries)), ENTRIES: _document(entries)}


def _document(items: Iterable[Mapping[str, Any]]) -> str:
    lines = (json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items)
    listed = ",\n".join(lines)
    return f'{{"format":{FORMAT_VERSION},"providers":[\n{listed}\n]}}\n'
