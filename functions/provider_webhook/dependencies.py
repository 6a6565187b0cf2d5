"""What the provider webhook function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain.provider_webhooks import Dependencies
from carrick.domain.vault import Vault
from carrick.settings import (
    CatalogSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    IntegrationsSettings,
    KeySettings,
    OutboxSettings,
    ShardSettings,
    loopback_is_allowed,
)
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    IntegrationsSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    OutboxSettings,
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
        integrations=IntegrationStore(dynamodb, settings.integrations_table),
        connections=ConnectionStore(
            dynamodb, settings.connections_table, shards=settings.refresh_shards, now=now
        ),
        tags=ConnectionTagStore(dynamodb, settings.connection_tags_table),
        outbox=Outbox(dynamodb, settings.outbox_table),
        vault=Vault(envelope),
        catalog=wiring.catalog(settings),
        transport=Transport(allow_loopback=loopback_is_allowed()),
        now=now,
    )
