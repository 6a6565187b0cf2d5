"""The fixtures of the integration tests, and a world to call the API in."""

import pytest

from tests.contract.world import World
from tests.integration.conftest import aws, server, stack, tenant
from tests.support.authorization_server import AuthorizationServer
from tests.support.tenant import Tenant

__all__ = ["aws", "server", "stack", "tenant"]


@pytest.fixture
def world(tenant: Tenant, server: AuthorizationServer) -> World:
    """A customer with one integration, whose every call is held to the document."""
    return World(tenant, server)
