"""What is committed and served is what ``web/`` builds to, and it is small."""

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.web.conftest import Sources

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "functions" / "web" / "static"
FIRST_LOAD_BYTES = 60 * 1024
ALL_BYTES = 100 * 1024


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_building_again_gives_the_same_bytes(web: Sources, tmp_path: Path) -> None:
    web.run("build", "--outDir", str(tmp_path / "built"))
    assert _contents(tmp_path / "built") == _contents(STATIC), "run `make web`"


def test_the_first_load_is_small() -> None:
    scripts = re.findall(r'src="\./([^"]+\.js)"', (STATIC / "index.html").read_text("utf-8"))
    assert scripts
    size = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in scripts)
    assert size <= FIRST_LOAD_BYTES, f"{size} bytes gzipped"
    assert sum(map(len, _contents(STATIC).values())) <= ALL_BYTES


@pytest.mark.parametrize("folder", ["web", "clients/js", "tests/e2e"])
def test_a_lock_file_serves_every_machine(folder: str) -> None:
    """It says of no package where it came from, and of each what it is, whatever the platform."""
    lock = (ROOT / folder / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    packages = json.loads(lock)["packages"]
    installed = {path: about for path, about in packages.items() if path}
    assert all(about["integrity"].startswith("sha512-") for about in installed.values())
    names = {path.rpartition("node_modules/")[2] for path in installed}
    for about in packages.values():
        assert about.get("optionalDependencies", {}).keys() <= names
