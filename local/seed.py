"""What the first start makes, through the same HTTP routes as everybody: an environment, a demo."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.http_messages import HttpRequest
from local.servers import Handler

ENVIRONMENT = "dev"
INTEGRATION = "demo"
FULL_ACCESS = "environment:*"


class SeedError(Exception):
    """The stack did not take what the first start makes. Names the request and the answer."""


@dataclass(frozen=True, slots=True)
class Seed:
    """The environment to start with, and its keys."""

    environment_id: str
    api_key: str = field(repr=False)
    receiver_url: str

    def notes(self) -> dict[str, str]:
        """As the snapshot keeps it: an API key is shown once, and stored hashed."""
        return {
            "environment_id": self.environment_id,
            "api_key": self.api_key,
            "receiver_url": self.receiver_url,
        }


class Seeder:
    """Calls the main API. ``handle`` answers requests, ``root_key`` may do everything there."""

    def __init__(self, handle: Handler, root_key: str) -> None:
        self._handle = handle
        self._root_key = root_key

    def seed(self, notes: Mapping[str, str], *, receiver_url: str) -> Seed:
        """The environment of an earlier start, or a new one, sending its webhooks to the receiver.

        A receiver that moved (another port) is followed; a URL that somebody set is left alone.
        """
        seed = Seed(**notes) if notes else self._first(receiver_url)
        if seed.receiver_url != receiver_url:
            path = f"/environments/{seed.environment_id}"
            current = self._root("GET", path)["data"]["webhooks"]["primary_url"]
            if current == seed.receiver_url:
                self._send_webhooks_to(seed.environment_id, receiver_url)
            seed = Seed(seed.environment_id, seed.api_key, receiver_url)
        return seed

    def _first(self, receiver_url: str) -> Seed:
        made = self._root("POST", "/environments", {"name": ENVIRONMENT})["data"]
        self._send_webhooks_to(made["id"], receiver_url)
        return Seed(made["id"], made["api_key"]["token"], receiver_url)

    def _send_webhooks_to(self, environment_id: str, url: str) -> None:
        webhooks = {"primary_url": url}
        self._root("PATCH", f"/environments/{environment_id}", {"webhooks": webhooks})

    def add_demo(self, seed: Seed, client_id: str, client_secret: str) -> None:
        """Make the integration of the demo provider."""
        body = {
            "provider": "demo",
            "unique_key": INTEGRATION,
            "display_name": "Demo provider",
            "credentials": {
                "type": "OAUTH2",
                "client_id": client_id,
                "client_secret": client_secret,
            },
        }
        self._call("POST", "/integrations", seed.api_key, body)

    def signing_keys(self, environment_id: str) -> list[str]:
        """The keys that sign the environment's webhooks now, the newest first."""
        keys = self._root("GET", f"/environments/{environment_id}/webhook-signing-key")["data"]
        return [key["webhook_signing_key"] for key in keys]

    def _root(self, method: str, path: str, body: object = None) -> Any:
        return self._call(method, path, self._root_key, body)

    def _call(self, method: str, path: str, key: str, body: object) -> Any:
        headers = (("authorization", f"Bearer {key}"), ("content-type", "application/json"))
        content = b"" if body is None else json.dumps(body).encode()
        response = self._handle(HttpRequest(method, path, headers, content))
        if not 200 <= response.status < 300:
            text = response.body.decode("utf-8", "replace")[:500]
            raise SeedError(f"{method} {path} answered {response.status}: {text}")
        return json.loads(response.body)
