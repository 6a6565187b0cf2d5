"""What the tests of integrations begin with: a tenant, in a stack with providers of each mode."""

from pathlib import Path

import pytest

from tests.support.providers import write_overlay
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant


@pytest.fixture
def tenant(stack: RunningStack, tmp_path: Path) -> Tenant:
    stack.set(PROVIDERS_OVERLAY_DIR=write_overlay(tmp_path))
    return Tenant(stack)
