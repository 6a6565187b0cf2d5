"""What the connections function may read, and what it is built of."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain import token_reads
from carrick.domain.connections import Dependencies as ChangeDependencies
from carrick.domain.vault import Vault
from carrick.edge.caller import Authenticator
from carrick.models.connection import Connection
from carrick.settings import (
    BaseUrlSettings,
    CatalogSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    EnvironmentsSettings,
    IntegrationsSettings,
    KeySettings,
    OutboxSettings,
    RefreshJournalSettings,
    RevocationsSettings,
    ShardSettings,
    loopback_is_allowed,
)
from carrick.store.connection_lists import ConnectionLists
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.environments import EnvironmentStore
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.store.revocations import RevocationStore

if TYPE_CHECKING:
    from carrick.catalog import Catalog
    from carrick.domain.refresh import Outcome


@dataclass(frozen=True)
class Settings(
    EnvironmentsSettings,
    IntegrationsSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    OutboxSettings,
    RefreshJournalSettings,
    RevocationsSettings,
    KeySettings,
    ShardSettings,
    BaseUrlSettings,
    CatalogSettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    base_url: str
    allows_loopback: bool
    authenticator: Authenticator
    integrations: IntegrationStore
    reads: token_reads.Dependencies
    changes: ChangeDependencies
    without_secrets: Callable[[Connection], Connection]


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    integrations = IntegrationStore(dynamodb, settings.integrations_table)
    connections = ConnectionStore(
        dynamodb, settings.connections_table, shards=settings.refresh_shards, now=now
    )
    outbox = Outbox(dynamodb, settings.outbox_table)
    allows_loopback = loopback_is_allowed()
    vault = Vault(Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=now))

    @functools.cache
    def catalog() -> "Catalog":
        return wiring.catalog(settings)

    @functools.cache
    def refresher() -> "partial[Outcome]":
        # The catalog and the protocol cost more than the rest of this function's cold start, and
        # most reads do not refresh.
        from carrick.domain import refresh  # noqa: PLC0415
        from carrick.queues.journal import JournalQueue  # noqa: PLC0415
        from carrick.transport.client import Transport  # noqa: PLC0415

        parts = refresh.Dependencies(
            connections=connections,
            integrations=integrations,
            outbox=outbox,
            journal=JournalQueue(aws.client("sqs"), settings.refresh_journal_queue_url),
            vault=vault,
            catalog=catalog(),
            transport=Transport(allow_loopback=allows_loopback),
            now=now,
        )
        return partial(refresh.refresh_connection, deps=parts)

    def renew(connection: Connection, **options: Any) -> "Outcome":
        return refresher()(connection, **options)

    def without_secrets(connection: Connection) -> Connection:
        from carrick.domain import shown_config  # noqa: PLC0415

        return shown_config.without_secrets(connection, catalog())

    return Dependencies(
        base_url=settings.public_base_url,
        allows_loopback=allows_loopback,
        authenticator=Authenticator(
            keys=EnvironmentStore(dynamodb, settings.environments_table), now=now
        ),
        integrations=integrations,
        reads=token_reads.Dependencies(
            connections=connections,
            vault=vault,
            refresh=renew,
            now=now,
        ),
        changes=ChangeDependencies(
            connections=connections,
            tags=ConnectionTagStore(dynamodb, settings.connection_tags_table),
            lists=ConnectionLists(dynamodb, settings.connections_table),
            outbox=outbox,
            revocations=RevocationStore(dynamodb, settings.revocations_table),
            now=now,
        ),
        without_secrets=without_secrets,
    )
