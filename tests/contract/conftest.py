"""The fixtures of the integration tests, and a world to call the API in."""

from pathlib import Path

import pytest

from tests.contract.world import World
from tests.integration.conftest import aws, server, stack, tenant
from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.tenant import Tenant

__all__ = ["aws", "server", "stack", "tenant"]


@pytest.fixture
def world(tenant: Tenant, server: AuthorizationServer, tmp_path: Path) -> World:
    """A customer with two integrations, whose every call is held to the document.

    ``test`` answers by redirect, ``posting`` by form post.
    """
    write_provider(tmp_path, server.url, "posting-provider", response_mode='"form_post"')
    tenant.integrate("posting", provider="posting-provider")
    return World(tenant, server, tmp_path)
