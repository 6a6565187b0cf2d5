"""Connections of a tenant as a test wants them, put into the stack without a flow.

The access token of each is ``canary-secret-access-0``. Each has a refresh token of its own, which
the test provider accepts once, or for ever if it does not rotate.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from carrick import clock, identifiers
from carrick.crypto.envelope import Envelope
from carrick.domain import refresh_policy
from carrick.domain.vault import Vault
from carrick.models.connection import Connection, ConnectionKey, RefreshState
from carrick.models.credentials import Credentials
from carrick.queues.journal import JournalEntry, JournalQueue
from carrick.store.connection_lists import ConnectionLists
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from tests.support.authorization_server import AuthorizationServer
from tests.support.stack import Response
from tests.support.tenant import Tenant

ACCESS_TOKEN = "canary-secret-access-0"
REFRESH_TOKEN = "canary-secret-refresh-of-c-1"
RAW = {"access_token": ACCESS_TOKEN, "refresh_token": REFRESH_TOKEN, "nested": {"n": [1]}}
SHARDS = 16
LEASE_SECONDS = 20.0


@dataclass
class Connections:
    """Makes connections of one tenant and looks at what became of them."""

    tenant: Tenant
    server: AuthorizationServer

    def __post_init__(self) -> None:
        aws = self.tenant.stack.aws
        client, table = aws.client("dynamodb"), aws.table_name("ConnectionsTable")
        self.store = ConnectionStore(client, table, shards=SHARDS, now=clock.now)
        self.lists = ConnectionLists(client, table)
        self.tags = ConnectionTagStore(client, aws.table_name("ConnectionTagsTable"))
        self.journal = JournalQueue(aws.client("sqs"), aws.queue_url("RefreshJournalQueue"))
        kms, key_arn = aws.client("kms"), aws.key_arn("CredentialsKey")
        self.vault = Vault(Envelope(kms=kms, key_arn=key_arn, now=clock.now))

    def key(self, connection_id: str = "c-1", integration: str = "test") -> ConnectionKey:
        return ConnectionKey(self.tenant.environment_id, integration, connection_id)

    def make(
        self,
        connection_id: str = "c-1",
        *,
        integration: str = "test",
        expires_in: float | None = 3600.0,
        refresh: Mapping[str, Any] | None = None,
        values: Mapping[str, Any] | None = None,
        credentials_type: str = "OAUTH2",
        **changes: Any,
    ) -> Connection:
        """A connection in use, healthy, whose token ends in ``expires_in`` seconds.

        ``refresh`` are members of its refresh state, ``values`` of its credentials.
        """
        now = time.time()
        expires_at = None if expires_in is None else now + expires_in
        refresh_token = f"canary-secret-refresh-of-{connection_id}"
        held = {"access_token": ACCESS_TOKEN, "refresh_token": refresh_token, **(values or {})}
        self.server.live_refresh_tokens.add(refresh_token)
        key = self.key(connection_id, integration)
        connection = Connection(
            key=key,
            id=identifiers.new_numeric_id(),
            provider="test-provider",
            auth_mode="OAUTH2",
            created_at=now - 3600,
            updated_at=now - 3600,
            last_fetched_at=now - 60,
            expires_at=expires_at,
            refreshable=bool(held["refresh_token"]),
            sealed_credentials=self.vault.seal_credentials(
                key, Credentials(credentials_type, held, expires_at, RAW)
            ),
            refresh=RefreshState(last_success_at=now - 3600),
        )
        connection = replace(connection, **changes)
        refresh_at = refresh_policy.next_refresh_at(connection, now=now, spread=0.0)
        state = {"refresh_at": refresh_at, **(refresh or {})}
        connection = replace(connection, refresh=replace(connection.refresh, **state))
        self.store.write(self.store.put_write(connection, replaces=None))
        # One after the other: the local DynamoDB copies the table for each transaction.
        for member in self.tags.writes(connection, previous=None):
            self.store.write(member)
        return connection

    def crashed(self, sent_seconds_ago: float, **more: Any) -> Connection:
        """A connection whose refresh was sent so long ago, by a process that is gone."""
        until = time.time() - sent_seconds_ago + LEASE_SECONDS
        lease = {"lease_owner": "lease_of_the_dead", "lease_until": until}
        return self.make(refresh={**lease, "refresh_at": time.time() - 1}, **more)

    def read(self, connection_id: str = "c-1", query: str = "") -> Response:
        return self.tenant.read(connection_id, query)

    def stored(self, connection_id: str = "c-1", integration: str = "test") -> Connection:
        """The connection as it is stored now."""
        connection = self.store.get(self.key(connection_id, integration))
        assert connection is not None
        return connection

    def access_token(self, connection_id: str = "c-1") -> str:
        """The access token that is stored now."""
        return self.credentials(connection_id).access_token

    def credentials(self, connection_id: str = "c-1") -> Credentials:
        """The credentials that are stored now, unsealed."""
        connection = self.stored(connection_id)
        return self.vault.unseal_credentials(connection.key, connection.sealed_credentials)

    def due(self, within_seconds: float = 0.0) -> set[str]:
        """Ids of the connections in the due index that the schedule would find by then."""
        until = time.time() + within_seconds
        shards = (self.lists.due(n, until=until, limit=1000) for n in range(SHARDS))
        return {key.connection_id for shard in shards for key in shard}

    def events(self) -> list[dict[str, Any]]:
        """The events in the outbox, oldest first."""
        found = self.tenant.stack.items("OutboxTable")
        return sorted(found, key=lambda event: float(event["created_at"]))

    def told(self) -> list[tuple[str, bool]]:
        """Operation and success of each event."""
        return [(event["operation"], event["success"]) for event in self.events()]

    def patch(self, body: Any, connection_id: str = "c-1", integration: str = "test") -> Response:
        path = f"/connections/{connection_id}?provider_config_key={integration}"
        return self.tenant.call("PATCH", path, body)

    def delete(self, connection_id: str = "c-1", integration: str = "test") -> Response:
        path = f"/connections/{connection_id}?provider_config_key={integration}"
        return self.tenant.call("DELETE", path)

    def journaled(self, connection: Connection, access_token: str) -> JournalEntry:
        """What a refresh of this version, by its lease, would put into the journal."""
        now = time.time()
        values = {"access_token": access_token, "refresh_token": "canary-secret-refresh-new"}
        credentials = Credentials("OAUTH2", values, now + 3600)
        return JournalEntry(
            key=connection.key,
            id=connection.id,
            version=connection.version,
            lease_owner=connection.refresh.lease_owner,
            sealed_credentials=self.vault.seal_credentials(connection.key, credentials),
            expires_at=now + 3600,
            refreshable=True,
            granted_scopes=("read",),
            refreshed_at=now,
            refresh_at=now + 2700,
        )
