"""What the credentials function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain import form_connections, imports, settlement
from carrick.domain.commit import CommitDependencies
from carrick.domain.vault import Vault
from carrick.edge.caller import Authenticator
from carrick.settings import (
    BaseUrlSettings,
    CatalogSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    EnvironmentsSettings,
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
from carrick.store.environments import EnvironmentStore
from carrick.store.flow_reads import FlowReads
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.store.sessions import SessionStore
from carrick.store.unconfirmed import UnconfirmedStore
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    EnvironmentsSettings,
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
    allows_loopback: bool
    authenticator: Authenticator
    forms: form_connections.Dependencies
    imports: imports.Dependencies


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    envelope = Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=now)
    vault = Vault(envelope)
    sessions = SessionStore(dynamodb, settings.sessions_table, now=now)
    integrations = IntegrationStore(dynamodb, settings.integrations_table)
    allows_loopback = loopback_is_allowed()
    catalog, transport = wiring.catalog(settings), Transport(allow_loopback=allows_loopback)
    commit = CommitDependencies(
        connections=ConnectionStore(
            dynamodb, settings.connections_table, shards=settings.refresh_shards, now=now
        ),
        tags=ConnectionTagStore(dynamodb, settings.connection_tags_table),
        outbox=Outbox(dynamodb, settings.outbox_table),
        sessions=sessions,
        now=now,
    )
    return Dependencies(
        base_url=settings.public_base_url,
        allows_loopback=allows_loopback,
        authenticator=Authenticator(
            keys=EnvironmentStore(dynamodb, settings.environments_table),
            sessions=sessions,
            now=now,
        ),
        forms=form_connections.Dependencies(
            integrations=integrations,
            reads=FlowReads(
                dynamodb,
                sessions=settings.sessions_table,
                integrations=settings.integrations_table,
                connections=settings.connections_table,
                now=now,
            ),
            settlement=settlement.Dependencies(
                commit=commit,
                unconfirmed=UnconfirmedStore(dynamodb, settings.unconfirmed_table, now=now),
                vault=vault,
            ),
            vault=vault,
            catalog=catalog,
            transport=transport,
            now=now,
        ),
        imports=imports.Dependencies(
            integrations=integrations,
            commit=commit,
            vault=vault,
            catalog=catalog,
            transport=transport,
            now=now,
        ),
    )
