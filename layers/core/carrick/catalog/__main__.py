"""``python -m carrick.catalog``: check provider files and write what is generated from them.

Without paths: check all packaged files and write ``index.json`` and ``entries.json``, and with
``--docs FILE`` the list for people too. With ``--check``: only say whether those are current. With
paths: check those files or directories as an overlay, and write nothing. Exit status 1 if anything
is wrong.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from carrick.catalog.index import build_lists
from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.catalog.reference import build_reference
from carrick.errors import CarrickError


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    files = [file for path in options.paths for file in _files(path)]
    if options.paths:
        return _report(files)
    if status := _report(provider_files(PACKAGED)):
        return status
    providers = [load(path, trusted=True) for path in provider_files(PACKAGED)]
    built = build_lists(providers)
    if options.docs:
        built[options.docs] = build_reference(providers)
    return _write(built, check_only=options.check)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m carrick.catalog")
    parser.add_argument("paths", nargs="*", type=Path, help="files or directories of an overlay")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="write the list for people")
    return parser


def _files(path: Path) -> Iterable[Path]:
    return provider_files(path) if path.is_dir() else [path]


def _report(files: list[Path]) -> int:
    failures = sum(not _is_valid(file) for file in files)
    _say(f"{len(files) - failures} of {len(files)} provider files are valid.")
    return 1 if failures else 0


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


def _write(built: Mapping[Path, str], *, check_only: bool) -> int:
    stale = [p for p, text in built.items() if not p.is_file() or p.read_text("utf-8") != text]
    if not check_only:
        for path in stale:
            path.write_text(built[path], "utf-8")
            _say(f"{path.name} is written.")
    elif stale:
        _say(f"Stale: {', '.join(p.name for p in stale)}. Run `make catalog`.")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
