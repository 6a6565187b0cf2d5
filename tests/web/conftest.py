"""The sources of the Connect page with their tools, installed as locked."""

import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
INSTALL_SECONDS = 300
RUN_SECONDS = 120


class Sources:
    """``web/``. ``run`` calls one of the scripts of its ``package.json``."""

    folder = WEB

    def run(self, script: str, *arguments: str) -> None:
        """Fails the test with what the script said, if it fails."""
        _npm("run", "--silent", script, "--", *arguments, seconds=RUN_SECONDS)


@pytest.fixture(scope="session")
def web() -> Sources:
    lock = WEB / "package-lock.json"
    installed = WEB / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _npm("ci", seconds=INSTALL_SECONDS)
    return Sources()


def _npm(*arguments: str, seconds: float) -> None:
    done = subprocess.run(
        ["npm", *arguments], check=False, cwd=WEB, capture_output=True, text=True, timeout=seconds
    )
    if done.returncode != 0:
        pytest.fail(f"npm {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
