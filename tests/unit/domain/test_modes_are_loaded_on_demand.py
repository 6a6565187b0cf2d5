"""Each auth mode is what the contract says, and none is loaded before it is asked for."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import carrick
from carrick.catalog.auth_modes import AuthMode
from carrick.domain.modes.contract import Mode
from carrick.domain.modes.redirect import RedirectMode
from carrick.domain.modes.redirects import REDIRECTS
from carrick.domain.modes.registry import MODES

LOADED = """
import sys
import carrick.domain.modes.registry, carrick.domain.modes.redirects
print([name for name in sys.modules if name.startswith("carrick.domain.modes.")])
"""


def members(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}


@pytest.mark.parametrize("auth_mode", sorted(AuthMode))
def test_every_mode_there_is_does_what_the_contract_says(auth_mode: AuthMode) -> None:
    mode = MODES[auth_mode]
    for name in members(Mode):
        assert hasattr(mode, name), name
    assert list(inspect.signature(mode.obtain).parameters) == ["submitted", "setting", "tools"]
    assert list(inspect.signature(mode.renew).parameters) == ["credentials", "setting", "tools"]


@pytest.mark.parametrize("auth_mode", sorted(REDIRECTS))
def test_every_redirect_does_what_the_contract_says(auth_mode: AuthMode) -> None:
    mode = REDIRECTS[auth_mode]
    for name in members(RedirectMode):
        assert hasattr(mode, name), name
    assert list(inspect.signature(mode.begin).parameters) == ["departure", "tools"]
    assert list(inspect.signature(mode.finish).parameters) == ["arrival", "tools"]


def test_a_cold_start_loads_none() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(carrick.__file__).parents[1])},
    )
    assert "aws_sigv4" not in done.stdout
    assert "carrick.domain.modes.mcp" not in done.stdout
