"""The protocol package costs little to import: no server classes, HTTP client or schema library."""

import subprocess
import sys
from pathlib import Path

import pytest

import carrick.oauth

PACKAGE = Path(carrick.oauth.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("module", MODULES)
def test_nothing_heavy_is_loaded(module):
    script = (
        f"import sys; sys.path.insert(0, {str(PACKAGE.parents[1])!r})\n"
        f"import carrick.oauth.{module}\n"
        "heavy = ('authlib.oauth2', 'authlib.jose', 'requests', 'httpx', 'pydantic', 'boto3',"
        " 'cryptography', 'urllib3')\n"
        "print(*[name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("module", MODULES)
def test_modules_stay_readable(module):
    assert len((PACKAGE / f"{module}.py").read_text().splitlines()) <= 250
