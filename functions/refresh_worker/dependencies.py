"""What the refresh worker may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain.refresh import Dependencies
from carrick.domain.vault import Vault
from carrick.queues.journal import JournalQueue
from carrick.settings import (
    CatalogSettings,
    ConnectionsSettings,
    IntegrationsSettings,
    KeySettings,
    OutboxSettings,
    RefreshJournalSettings,
    ShardSettings,
    loopback_is_allowed,
)
from carrick.store.connections import ConnectionStore
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    IntegrationsSettings,
    ConnectionsSettings,
    OutboxSettings,
    RefreshJournalSettings,
    KeySettings,
    ShardSettings,
    CatalogSettings,
):
    """What this function may read."""


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    envelope = Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=now)
    return Dependencies(
        connections=ConnectionStore(
            dynamodb, settings.connections_table, shards=settings.refresh_shards, now=now
        ),
        integrations=IntegrationStore(dynamodb, settings.integrations_table),
        outbox=Outbox(dynamodb, settings.outbox_table),
        journal=JournalQueue(aws.client("sqs"), settings.refresh_journal_queue_url),
        vault=Vault(envelope),
        catalog=wiring.catalog(settings),
        transport=Transport(allow_loopback=loopback_is_allowed()),
        now=now,
    )
