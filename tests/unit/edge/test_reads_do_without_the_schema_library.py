"""A browser's first list of integrations or providers does not wait 80 ms for pydantic."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("function", ["integrations", "providers"])
def test_the_function_starts_without_it(function: str) -> None:
    script = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'layers/core')!r}]\n"
        f"import functions.{function}.app\n"
        "print('pydantic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
