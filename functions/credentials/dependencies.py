"""What the credentials function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain import form_connections, settlement
from carrick.domain.commit import CommitDependencies
from carrick.domain.vault import Vault
from carrick.edge.caller import Authenticator
from carrick.settings import (
    BaseUrlSettings,
    CatalogSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    IntegrationsSettings,
    KeySettings,
    OutboxSettings,
    SessionsSettings,
    ShardSettings,
    UnconfirmedSettings,
    loopback_is_allowed,
)
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.flow_reads import FlowReads
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.store.sessions import SessionStore
from carrick.store.unconfirmed import UnconfirmedStore
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    SessionsSettings,
    IntegrationsSettings,
    UnconfirmedSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    OutboxSettings,
    KeySettings,
    ShardSettings,
    BaseUrlSettings,
    CatalogSettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    base_url: str
    authenticator: Authenticator
    forms: form_connections.Dependencies


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    envelope = Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=now)
    vault = Vault(envelope)
    sessions = SessionStore(dynamodb, settings.sessions_table, now=now)
    parts = form_connections.Dependencies(
        integrations=IntegrationStore(dynamodb, settings.integrations_table),
        reads=FlowReads(
            dynamodb,
            sessions=settings.sessions_table,
            integrations=settings.integrations_table,
            connections=settings.connections_table,
            now=now,
        ),
        settlement=settlement.Dependencies(
            commit=CommitDependencies(
                connections=ConnectionStore(
                    dynamodb, settings.connections_table, shards=settings.refresh_shards, now=now
                ),
                tags=ConnectionTagStore(dynamodb, settings.connection_tags_table),
                outbox=Outbox(dynamodb, settings.outbox_table),
                sessions=sessions,
                now=now,
            ),
            unconfirmed=UnconfirmedStore(dynamodb, settings.unconfirmed_table, now=now),
            vault=vault,
        ),
        vault=vault,
        catalog=wiring.catalog(settings),
        transport=Transport(allow_loopback=loopback_is_allowed()),
        now=now,
    )
    authenticator = Authenticator(sessions=sessions, now=now)
    return Dependencies(settings.public_base_url, authenticator, parts)
