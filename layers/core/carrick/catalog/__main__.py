"""``python -m carrick.catalog``: check provider files and write the lists.

Without arguments: check all packaged files and write ``index.json`` and ``entries.json``. With
``--check``: only say whether those are current. With paths: check those files or directories as an
overlay, and write nothing. Exit status 1 if anything is wrong.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from carrick.catalog.index import build_index
from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.errors import CarrickError


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    paths = [Path(argument) for argument in arguments if argument != "--check"]
    files = [file for path in paths for file in _files(path)] or provider_files(PACKAGED)
    failures = sum(not _is_valid(file) for file in files)
    _say(f"{len(files) - failures} of {len(files)} provider files are valid.")
    if failures or paths:
        return 1 if failures else 0
    return _index(check_only="--check" in arguments)


def _files(path: Path) -> Iterable[Path]:
    return provider_files(path) if path.is_dir() else [path]


def _is_valid(file: Path) -> bool:
    try:
        load(file, (file.parent, PACKAGED))
    except CarrickError as error:
        _say(error.message)
    except OSError as error:
        _say(f"{file}: {error.strerror}")
    else:
        return True
    return False


def _index(*, check_only: bool) -> int:
    built = build_index()
    stale = [p for p, text in built.items() if not p.is_file() or p.read_text("utf-8") != text]
    if not check_only:
        for path in stale:
            path.write_text(built[path], "utf-8")
            _say(f"{path.name} is written.")
    elif stale:
        _say(f"Stale: {', '.join(p.name for p in stale)}. Run `python -m carrick.catalog`.")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
