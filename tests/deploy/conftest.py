"""One emulator for each test file, since a test run may spread its files over processes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.running_emulator import Emulator, running_emulator
from tests.support.sam import required_runtime_folder


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator. Where a build cannot be made or loaded, the tests are skipped."""
    if sys.platform != "linux":
        pytest.skip("the layer holds wheels for Linux, which the emulator loads as they are")
    required_runtime_folder()
    folder: Path = tmp_path_factory.mktemp("emulator")
    with running_emulator(folder) as running:
        yield running
