"""What the confirm function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.domain import confirmation
from carrick.domain.commit import CommitDependencies
from carrick.edge.caller import Authenticator
from carrick.settings import (
    BaseUrlSettings,
    CatalogSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    EnvironmentsSettings,
    IntegrationsSettings,
    OutboxSettings,
    SessionsSettings,
    ShardSettings,
    UnconfirmedSettings,
)
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.environments import EnvironmentStore
from carrick.store.flow_reads import FlowReads
from carrick.store.outbox import Outbox
from carrick.store.sessions import SessionStore
from carrick.store.unconfirmed import UnconfirmedStore


@dataclass(frozen=True)
class Settings(
    EnvironmentsSettings,
    SessionsSettings,
    IntegrationsSettings,
    UnconfirmedSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    OutboxSettings,
    ShardSettings,
    BaseUrlSettings,
    CatalogSettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    base_url: str
    authenticator: Authenticator
    confirmation: confirmation.Dependencies


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    keys = EnvironmentStore(dynamodb, settings.environments_table)
    parts = confirmation.Dependencies(
        unconfirmed=UnconfirmedStore(dynamodb, settings.unconfirmed_table, now=now),
        reads=FlowReads(
            dynamodb,
            sessions=settings.sessions_table,
            integrations=settings.integrations_table,
            connections=settings.connections_table,
            now=now,
        ),
        catalog=wiring.catalog(settings),
        commit=CommitDependencies(
            connections=ConnectionStore(
                dynamodb, settings.connections_table, shards=settings.refresh_shards, now=now
            ),
            tags=ConnectionTagStore(dynamodb, settings.connection_tags_table),
            outbox=Outbox(dynamodb, settings.outbox_table),
            sessions=SessionStore(dynamodb, settings.sessions_table, now=now),
            now=now,
        ),
    )
    return Dependencies(settings.public_base_url, Authenticator(keys=keys, now=now), parts)
