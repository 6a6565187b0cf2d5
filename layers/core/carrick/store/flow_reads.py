"""What the end of an authorization must know, in one consistent request over three tables."""

from typing import Any

from carrick.clock import Clock
from carrick.models.connection import Connection, ConnectionKey
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession
from carrick.store import connection_items
from carrick.store.integrations import integration_from_item
from carrick.store.items import Item
from carrick.store.sessions import session_from_item


class FlowReads:
    """Reads session, integration and, for a reconnect, the connection of a flow."""

    def __init__(
        self, client: Any, *, sessions: str, integrations: str, connections: str, now: Clock
    ) -> None:
        self._client = client
        self._sessions = sessions
        self._integrations = integrations
        self._connections = connections
        self._now = now

    def read(
        self, flow: Flow
    ) -> tuple[ConnectSession | None, Integration | None, Connection | None]:
        """Each as it is now, or ``None``. A session that has ended counts as gone."""
        found = self._batch(flow)
        session = session_from_item(found[self._sessions]) if self._sessions in found else None
        if session is not None and session.expires_at <= self._now():
            session = None
        integration = found.get(self._integrations)
        connection = found.get(self._connections)
        return (
            session,
            integration_from_item(integration) if integration else None,
            connection_items.from_item(connection) if connection else None,
        )

    def _batch(self, flow: Flow) -> dict[str, Item]:
        key = ConnectionKey(flow.environment_id, flow.integration_id, flow.connection_id)
        integration_key = {
            "environment_id": {"S": flow.environment_id},
            "integration_id": {"S": flow.integration_id},
        }
        remaining: dict[str, Any] = {
            self._sessions: _one({"pk": {"S": flow.session_hash}}),
            self._integrations: _one(integration_key),
        }
        if flow.is_reconnect:
            remaining[self._connections] = _one(connection_items.primary_key(key))
        found: dict[str, Item] = {}
        while remaining:
            answer = self._client.batch_get_item(RequestItems=remaining)
            found |= {table: items[0] for table, items in answer["Responses"].items() if items}
            remaining = answer.get("UnprocessedKeys") or {}
        return found


def _one(key: Item) -> dict[str, Any]:
    return {"Keys": [key], "ConsistentRead": True}
