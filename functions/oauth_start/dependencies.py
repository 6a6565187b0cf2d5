"""What the oauth_start function may read, and what it is built of."""

import functools
from dataclasses import dataclass

from carrick import wiring
from carrick.crypto.envelope import Envelope
from carrick.domain.authorization import Dependencies as StartDependencies
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
)
from carrick.store.environments import EnvironmentStore
from carrick.store.flows import FlowStore
from carrick.store.integrations import IntegrationStore
from carrick.store.sessions import SessionStore


@dataclass(frozen=True)
class Settings(
    SessionsSettings,
    EnvironmentsSettings,
    IntegrationsSettings,
    FlowsSettings,
    KeySettings,
    BaseUrlSettings,
    CatalogSettings,
):
    """What this function may read."""


@dataclass(frozen=True)
class Dependencies:
    settings: Settings
    authenticator: Authenticator
    start: StartDependencies


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
            now=now,
        ),
    )
