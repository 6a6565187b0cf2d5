"""``python -m local.providers FILE…``: check provider files, and play the flow of each.

A file is checked as ``python -m carrick.catalog`` checks it. Then its flow is played in this
process against a provider that answers as the file says, and all that the provider would receive is
printed, with names in the place of secrets. Nothing is sent. Exit status 1 if anything is wrong.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.providers")
    parser.add_argument("paths", nargs="+", type=Path, help="files, or folders of them")
    paths = parser.parse_args(arguments).paths
    if str(ROOT / "layers" / "core") not in sys.path:
        sys.path.insert(0, str(ROOT / "layers" / "core"))
    from carrick.catalog.library import provider_files

    files = [file for path in paths for file in (provider_files(path) if path.is_dir() else [path])]
    works = [_works(file) for file in files]
    print(f"{sum(works)} of {len(files)} provider files are valid and run to their end.")
    return 0 if files and all(works) else 1


def _works(file: Path) -> bool:
    from carrick.catalog.library import PACKAGED, load
    from carrick.errors import CarrickError
    from local.providers.dry_run import play
    from local.providers.printed import lines_of

    try:
        entry = load(file, (file.parent, PACKAGED))
    except CarrickError as error:
        print(error.message)
        return False
    except OSError as error:
        print(f"{file}: {error.strerror}")
        return False
    played = play(entry)
    print(f"{file.name}: {entry.display_name}, {entry.auth_mode}\n")
    print("\n".join(lines_of(played)), end="\n\n")
    for problem in played.problems:
        print(f"{file.name}: {problem}")
    return not played.problems


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
