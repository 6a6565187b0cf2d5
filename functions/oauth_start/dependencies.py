"""What the oauth_start function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain.authorization import Dependencies as StartDependencies
from carrick.domain.notifications import Notifier
from carrick.domain.vault import Vault
from carrick.edge.caller import Authenticator
from carrick.edge.remembered import remembered
from carrick.settings import (
    BaseUrlSettings,
    CatalogSettings,
    EnvironmentsSettings,
    FlowsSettings,
    IntegrationsSettings,
    KeySettings,
    SessionsSettings,
    SocketsSettings,
    WebSocketSettings,
    loopback_is_allowed,
)
from carrick.sockets.gateway import SocketGateway
from carrick.store.environments import EnvironmentStore
from carrick.store.flows import FlowStore
from carrick.store.integrations import IntegrationStore
from carrick.store.sessions import SessionStore
from carrick.store.sockets import SocketStore
from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    SessionsSettings,
    EnvironmentsSettings,
    IntegrationsSettings,
    FlowsSettings,
    KeySettings,
    SocketsSettings,
    WebSocketSettings,
    BaseUrlSettings,
    CatalogSettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    settings: Settings
    authenticator: Authenticator
    start: StartDependencies
    notifier: Notifier


@functools.cache
def dependencies() -> Dependencies:
    settings, aws, now = Settings.load(), wiring.Aws(), wiring.now
    dynamodb = aws.client("dynamodb")
    environments = EnvironmentStore(dynamodb, settings.environments_table)
    sessions = SessionStore(dynamodb, settings.sessions_table, now=now)
    envelope = Envelope(kms=aws.client("kms"), key_arn=settings.credentials_key_arn, now=now)
    return Dependencies(
        settings,
        Authenticator(keys=environments, sessions=sessions, now=now),
        StartDependencies(
            integrations=IntegrationStore(dynamodb, settings.integrations_table),
            environment=remembered(environments.get, now=now),
            flows=FlowStore(dynamodb, settings.flows_table, now=now),
            vault=Vault(envelope),
            catalog=wiring.catalog(settings),
            transport=Transport(allow_loopback=loopback_is_allowed()),
            now=now,
        ),
        Notifier(
            SocketStore(dynamodb, settings.sockets_table, now=now),
            SocketGateway(aws.socket_client(settings.websocket_endpoint)),
        ),
    )
