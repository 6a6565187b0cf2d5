"""The built files of the Connect page (``web/``, ``make web``), read once."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
PAGE = "index.html"
TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """``cache_control`` is empty for what is never kept."""

    text: str
    content_type: str
    cache_control: str


@functools.cache
def files() -> Mapping[str, File]:
    """By name. A request's name is looked up here, never joined to a path.

    The page is never kept. All others have a hash of what they hold in their names, so browsers
    keep them.
    """
    return {
        path.name: File(
            text=path.read_text("utf-8"),
            content_type=f"{TYPES[path.suffix]}; charset=utf-8",
            cache_control="" if path.name == PAGE else FOREVER,
        )
        for path in STATIC.iterdir()
        if path.suffix in TYPES
    }


def page(origins: tuple[str, ...], *, below: str) -> str:
    """The page, told who may embed it. ``below`` is where its files are, seen from its address."""
    text = files()[PAGE].text.replace('="./', f'="{below}')
    return text.replace(
        'name="framed-by" content=""', f'name="framed-by" content="{" ".join(origins)}"'
    )
