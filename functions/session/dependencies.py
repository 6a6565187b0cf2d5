"""What the session function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.domain import connect_sessions
from carrick.edge.caller import Authenticator
from carrick.settings import (
    BaseUrlSettings,
    ConnectionsSettings,
    EnvironmentsSettings,
    IntegrationsSettings,
    SessionsSettings,
    WebSocketsPathSettings,
    loopback_is_allowed,
)
from carrick.store.connections import ConnectionStore
from carrick.store.environments import EnvironmentStore
from carrick.store.integrations import IntegrationStore
from carrick.store.sessions import SessionStore


@dataclass(frozen=True)
class Settings(
    EnvironmentsSettings,
    SessionsSettings,
    IntegrationsSettings,
    ConnectionsSettings,
    BaseUrlSettings,
    WebSocketsPathSettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    settings: Settings
    allow_loopback: bool
    authenticator: Authenticator
    environments: EnvironmentStore
    sessions: connect_sessions.Dependencies


@functools.cache
def dependencies() -> Dependencies:
    settings, aws = Settings.load(), wiring.Aws()
    dynamodb, now = aws.client("dynamodb"), wiring.now
    sessions = SessionStore(dynamodb, settings.sessions_table, now=now)
    keys = EnvironmentStore(dynamodb, settings.environments_table)
    return Dependencies(
        settings,
        loopback_is_allowed(),
        Authenticator(keys=keys, sessions=sessions, now=now),
        keys,
        connect_sessions.Dependencies(
            sessions=sessions,
            integrations=IntegrationStore(dynamodb, settings.integrations_table),
            connections=ConnectionStore(dynamodb, settings.connections_table, now=now),
            now=now,
        ),
    )
