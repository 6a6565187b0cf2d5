"""What ``functions.environments`` reads from its environment, and what it works with."""

import functools
from dataclasses import dataclass

from carrick import settings, wiring
from carrick.crypto.envelope import Envelope
from carrick.crypto.root_key import RootKey
from carrick.domain import environments
from carrick.domain.vault import Vault
from carrick.edge.caller import Authenticator
from carrick.store.environments import EnvironmentStore
from carrick.store.integrations import IntegrationStore


@dataclass(frozen=True)
class Settings(
    settings.EnvironmentsSettings,
    settings.IntegrationsSettings,
    settings.KeySettings,
    settings.RootKeySettings,
    settings.BaseUrlSettings,
):
    """The variables of this function."""


@dataclass(frozen=True, slots=True)
class Dependencies:
    authenticator: Authenticator
    use_cases: environments.Dependencies
    base_url: str
    allow_loopback: bool


@functools.cache
def dependencies() -> Dependencies:
    """Built once per sandbox."""
    aws, config, now = wiring.Aws(), Settings.load(), wiring.now
    dynamodb, secrets_manager = aws.client("dynamodb"), aws.client("secretsmanager")
    store = EnvironmentStore(dynamodb, config.environments_table)
    integrations = IntegrationStore(dynamodb, config.integrations_table)
    envelope = Envelope(kms=aws.client("kms"), key_arn=config.credentials_key_arn, now=now)
    root_key = RootKey(
        secrets_manager=secrets_manager, secret_arn=config.root_key_secret_arn, now=now
    )
    return Dependencies(
        authenticator=Authenticator(keys=store, root_key=root_key, now=now),
        use_cases=environments.Dependencies(store, integrations, Vault(envelope), now),
        base_url=config.public_base_url,
        allow_loopback=settings.loopback_is_allowed(),
    )
