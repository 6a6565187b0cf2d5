"""RefreshJournalQueue: refreshed credentials whose commit failed after the provider rotated.

The one queue that carries a secret, and it is sealed: the consumer can apply it but not read it.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from carrick.models.connection import ConnectionKey


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A commit to make good: what ``ConnectionStore.commit_write`` needs, without any plaintext."""

    key: ConnectionKey
    id: int
    version: int
    lease_owner: str
    sealed_credentials: bytes = field(repr=False)
    expires_at: float | None
    refreshable: bool
    granted_scopes: tuple[str, ...]
    refreshed_at: float
    refresh_at: float | None


class JournalQueue:
    """Sends one entry at a time."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, entry: JournalEntry) -> None:
        """Keep the entry until it is applied."""
        body = {
            "environment_id": entry.key.environment_id,
            "integration_id": entry.key.integration_id,
            "connection_id": entry.key.connection_id,
            "id": entry.id,
            "version": entry.version,
            "lease_owner": entry.lease_owner,
            "sealed_credentials": base64.b64encode(entry.sealed_credentials).decode("ascii"),
            "expires_at": entry.expires_at,
            "refreshable": entry.refreshable,
            "granted_scopes": list(entry.granted_scopes),
            "refreshed_at": entry.refreshed_at,
            "refresh_at": entry.refresh_at,
        }
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(body))


def parse(body: str) -> JournalEntry:
    """An entry from its body. Raises ``KeyError`` or ``ValueError``."""
    values = json.loads(body)
    key = ConnectionKey(
        values.pop("environment_id"), values.pop("integration_id"), values.pop("connection_id")
    )
    values["sealed_credentials"] = base64.b64decode(values["sealed_credentials"])
    values["granted_scopes"] = tuple(values["granted_scopes"])
    return JournalEntry(key=key, **values)
