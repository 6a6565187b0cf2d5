"""What the callback function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain import completion, settlement
from carrick.domain.commit import CommitDependencies
from carrick.domain.notifications import Notifier
from carrick.domain.vault import Vault
from carrick.settings import (
    BaseUrlSettings,
    CatalogSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    FlowsSettings,
    IntegrationsSettings,
    KeySettings,
    OutboxSettings,
    SessionsSettings,
    ShardSettings,
    SocketsSettings,
    UnconfirmedSettings,
    WebSocketSettings,
    loopback_is_allowed,
)
from carrick.sockets.gateway import SocketGateway
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.flow_reads import FlowReads
from carrick.store.flows import FlowStore
from carrick.store.outbox import Outbox
from carrick.store.sessions import SessionStore
from carrick.store.sockets import SocketStore
from carrick.store.unconfirmed import UnconfirmedStore
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    SessionsSettings,
    IntegrationsSettings,
    FlowsSettings,
    UnconfirmedSettings,
    ConnectionsSettings,
    ConnectionTagsSettings,
    OutboxSettings,
    KeySettings,
    ShardSettings,
    SocketsSettings,
    WebSocketSettings,
    BaseUrlSettings,
    CatalogSettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    base_url: str
    completion: completion.Dependencies


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    envelope = Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=now)
    vault = Vault(envelope)
    parts = completion.Dependencies(
        flows=FlowStore(dynamodb, settings.flows_table, now=now),
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
                sessions=SessionStore(dynamodb, settings.sessions_table, now=now),
                now=now,
            ),
            unconfirmed=UnconfirmedStore(dynamodb, settings.unconfirmed_table, now=now),
            vault=vault,
        ),
        vault=vault,
        catalog=wiring.catalog(settings),
        transport=Transport(allow_loopback=loopback_is_allowed()),
        notifier=Notifier(
            SocketStore(dynamodb, settings.sockets_table, now=now),
            SocketGateway(aws.socket_client(settings.websocket_endpoint)),
        ),
        now=now,
    )
    return Dependencies(settings.public_base_url, parts)
