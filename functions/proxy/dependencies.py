"""What the proxy function may read, and what it is built of."""

import functools
from dataclasses import dataclass
from functools import partial
from typing import cast

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain import refresh, token_reads
from carrick.domain.proxy import exchange
from carrick.domain.proxy.target import OverridePolicy
from carrick.domain.vault import Vault
from carrick.edge.caller import Authenticator
from carrick.queues.journal import JournalQueue
from carrick.settings import (
    CatalogSettings,
    ConnectionsSettings,
    EnvironmentsSettings,
    IntegrationsSettings,
    KeySettings,
    OutboxSettings,
    ProxySettings,
    RefreshJournalSettings,
    ShardSettings,
    loopback_is_allowed,
)
from carrick.store.connections import ConnectionStore
from carrick.store.environments import EnvironmentStore
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    EnvironmentsSettings,
    IntegrationsSettings,
    ConnectionsSettings,
    OutboxSettings,
    RefreshJournalSettings,
    KeySettings,
    ShardSettings,
    CatalogSettings,
    ProxySettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    authenticator: Authenticator
    exchange: exchange.Dependencies
    answers_as_nango: bool


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    integrations = IntegrationStore(dynamodb, settings.integrations_table)
    connections = ConnectionStore(
        dynamodb, settings.connections_table, shards=settings.refresh_shards, now=now
    )
    vault = Vault(Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=now))
    catalog = wiring.catalog(settings)
    allows_loopback = loopback_is_allowed()
    transport = Transport(allow_loopback=allows_loopback)
    renewal = refresh.Dependencies(
        connections=connections,
        integrations=integrations,
        outbox=Outbox(dynamodb, settings.outbox_table),
        journal=JournalQueue(aws.client("sqs"), settings.refresh_journal_queue_url),
        vault=vault,
        catalog=catalog,
        transport=transport,
        now=now,
    )
    return Dependencies(
        authenticator=Authenticator(
            keys=EnvironmentStore(dynamodb, settings.environments_table), now=now
        ),
        exchange=exchange.Dependencies(
            integrations=integrations,
            reads=token_reads.Dependencies(
                connections=connections,
                vault=vault,
                refresh=partial(refresh.refresh_connection, deps=renewal),
                now=now,
            ),
            vault=vault,
            catalog=catalog,
            transport=transport,
            now=now,
            override_policy=cast(OverridePolicy, settings.proxy_base_url_override),
            allow_loopback=allows_loopback,
        ),
        answers_as_nango=settings.proxy_responses == "nango",
    )
