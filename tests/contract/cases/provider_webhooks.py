"""Answers that providers get to their webhooks."""

import hashlib
import hmac

from tests.contract.cases.credentials import INSTALLED, OWN_CLIENT
from tests.contract.cases.registry import shows
from tests.contract.world import World
from tests.support.authorization_server import write_provider

TAKE = "POST /webhook/{environment_id}/{integration_id}"
SECRET = "canary-secret-webhook"
BODY = b'{"action":"deleted"}'


def deliver(world: World, signature: str, to: str = "installed") -> None:
    write_provider(world.folder, world.server.url, "installed-provider", **INSTALLED)
    client = {**OWN_CLIENT, "webhook_secret": SECRET}
    body = {"provider": "installed-provider", "unique_key": "installed", "credentials": client}
    assert world.tenant.call("POST", "/integrations", body).status == 200
    path = f"/webhook/{world.tenant.environment_id}/{to}"
    world.ask("POST", path, BODY, key="", headers={"x-s": signature})


@shows(TAKE, 204)
def signed(world: World) -> None:
    deliver(world, hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest())


@shows(TAKE, 401, "invalid_signature")
def forged(world: World) -> None:
    deliver(world, "0" * 64)


@shows(TAKE, 404, "unknown_provider_config")
def to_nobody(world: World) -> None:
    deliver(world, "0" * 64, to="nobody")
