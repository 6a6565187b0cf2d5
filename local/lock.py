"""Makes the lock files from the dependency groups of pyproject.toml: `make lock`.

No file records where a package was downloaded from: hashes say what it is, and every index serves.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE, LOCAL = "layers/core/requirements.txt", "local/requirements.txt"
# Group, lock file, and the lock file whose versions it shares.
LOCKS = (
    ("core", CORE, None),
    ("local", LOCAL, CORE),
    ("test", "tests/requirements.txt", LOCAL),
    ("sam", "tests/deploy/sam.txt", None),
    ("ministack", "tests/deploy/ministack.txt", None),
)
OPTIONS = [
    "--quiet",
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-header",
]


def main() -> None:
    """Compile each group in turn; the later ones are held to the earlier ones' versions."""
    for group, output, shared in LOCKS:
        command = ["uv", "pip", "compile", *OPTIONS, "--group", f"pyproject.toml:{group}"]
        if shared is not None:
            command += ["--constraints", shared]
        subprocess.run(
            [sys.executable, "-m", *command, "--output-file", output, *sys.argv[1:]],
            check=True,
            cwd=ROOT,
        )


if __name__ == "__main__":
    main()
