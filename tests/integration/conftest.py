"""The fixtures of ``tests/support`` for tests that go through the functions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.authorization_server import (
    AuthorizationServer,
    running_authorization_server,
    write_provider,
)
from tests.support.connections import Connections
from tests.support.stack import RunningStack, aws, stack
from tests.support.tenant import Tenant

__all__ = ["aws", "stack"]


@pytest.fixture
def server(stack: RunningStack, tmp_path: Path) -> Iterator[AuthorizationServer]:
    """The test provider: an authorization server, and an entry in the stack's catalog for it."""
    with running_authorization_server() as running:
        write_provider(tmp_path, running.url)
        stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
        yield running


@pytest.fixture
def tenant(stack: RunningStack, server: AuthorizationServer) -> Tenant:
    """A customer with one integration of the test provider, ``test``."""
    made = Tenant(stack)
    made.integrate()
    return made


@pytest.fixture
def connections(tenant: Tenant, server: AuthorizationServer) -> Connections:
    """Makes connections of ``tenant`` as a test wants them."""
    return Connections(tenant, server)
