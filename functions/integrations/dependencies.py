"""What ``functions.integrations`` reads from its environment, and what it works with."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from carrick import settings, wiring
from carrick.catalog import Catalog
from carrick.crypto.envelope import Envelope
from carrick.domain import connections, integrations
from carrick.domain.vault import Vault
from carrick.edge.caller import Authenticator
from carrick.store.connection_lists import ConnectionLists
from carrick.store.connection_tags import ConnectionTagStore
from carrick.store.connections import ConnectionStore
from carrick.store.environments import EnvironmentStore
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.store.revocations import RevocationStore
from carrick.store.sessions import SessionStore

if TYPE_CHECKING:
    from carrick.transport.client import Transport


@dataclass(frozen=True)
class Settings(
    settings.EnvironmentsSettings,
    settings.SessionsSettings,
    settings.IntegrationsSettings,
    settings.ConnectionsSettings,
    settings.ConnectionTagsSettings,
    settings.OutboxSettings,
    settings.RevocationsSettings,
    settings.KeySettings,
    settings.BaseUrlSettings,
    settings.CatalogSettings,
):
    """The variables of this function."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    authenticator: Authenticator
    use_cases: integrations.Dependencies
    base_url: str


def _transport(allow_loopback: bool) -> "Transport":
    # Imported here: only who makes an integration whose client is registered asks anybody.
    from carrick.transport.client import Transport  # noqa: PLC0415

    return Transport(allow_loopback=allow_loopback)


@functools.cache
def dependencies() -> Dependencies:
    """Built once per sandbox."""
    aws, config, now = wiring.Aws(), Settings.load(), wiring.now
    dynamodb = aws.client("dynamodb")
    environments = EnvironmentStore(dynamodb, config.environments_table)
    sessions = SessionStore(dynamodb, config.sessions_table, now=now)
    envelope = Envelope(kms=aws.client("kms"), key_arn=config.credentials_key_arn, now=now)
    overlay = config.providers_overlay_dir
    return Dependencies(
        authenticator=Authenticator(keys=environments, sessions=sessions, now=now),
        use_cases=integrations.Dependencies(
            integrations=IntegrationStore(dynamodb, config.integrations_table),
            environments=environments,
            connections=connections.Dependencies(
                connections=ConnectionStore(dynamodb, config.connections_table, now=now),
                tags=ConnectionTagStore(dynamodb, config.connection_tags_table),
                lists=ConnectionLists(dynamodb, config.connections_table),
                outbox=Outbox(dynamodb, config.outbox_table),
                revocations=RevocationStore(dynamodb, config.revocations_table),
                now=now,
            ),
            vault=Vault(envelope),
            catalog=Catalog(Path(overlay) if overlay else None),
            transport=functools.partial(_transport, settings.loopback_is_allowed()),
            now=now,
        ),
        base_url=config.public_base_url,
    )
