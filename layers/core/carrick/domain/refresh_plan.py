"""What a refresh will ask, made before the lease; and what the entry says of asking twice.

Everything that can fail without the provider fails here: integration, entry, keys, endpoint.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from carrick.domain import refresh_policy
from carrick.domain.modes.contract import Mode, Obtained, Setting, Tools
from carrick.domain.modes.registry import mode_of
from carrick.domain.refresh_policy import Failure
from carrick.domain.vault import Vault
from carrick.errors import (
    EgressError,
    EgressFailedError,
    NotFoundError,
    ProviderConfigurationError,
    ProviderError,
    ProviderRejectedError,
    RefreshError,
)
from carrick.models.connection import Connection
from carrick.models.credentials import Credentials
from carrick.store.integrations import IntegrationStore


@dataclass(frozen=True, slots=True)
class Plan:
    """A renewal that is ready to be asked for. ``seal`` needs neither KMS nor a cached key."""

    setting: Setting
    mode: Mode
    credentials: Credentials
    seal: Callable[[Credentials], bytes] = field(repr=False)

    @property
    def provider(self) -> Provider:
        return self.setting.provider

    def renew(self, tools: Tools) -> Obtained:
        """Ask the provider. Raises ``ProviderError`` or ``EgressError``."""
        try:
            return self.mode.renew(self.credentials, self.setting, tools)
        except ProviderError as error:
            if error.code == ProviderError.code:
                error.code = self.mode.failure_code
            raise


def plan_refresh(
    connection: Connection, *, integrations: IntegrationStore, catalog: Catalog, vault: Vault
) -> Plan:
    """Raises ``SealError`` when KMS is down, another ``CarrickError`` for what people must mend."""
    key = connection.key
    integration = integrations.get(key.environment_id, key.integration_id)
    # One of another provider under the same key: its secret is not for this connection's provider.
    if integration is None or integration.provider != connection.provider:
        raise NotFoundError("The integration does not exist.", code="unknown_provider_config")
    provider = catalog.get(connection.provider)
    setting = Setting(
        provider=provider,
        integration=integration,
        client_secret=vault.client_secret(integration),
        secrets=vault.custom_secrets(integration),
        config={k: v for k, v in connection.connection_config.items() if isinstance(v, str)},
        scopes=connection.requested_scopes,
    )
    credentials = vault.unseal_credentials(key, connection.sealed_credentials)
    mode = mode_of(provider.auth_mode)
    if not mode.is_renewable(credentials, provider):
        raise RefreshError("There is no refresh token.", code="missing_refresh_token")
    seal = vault.credentials_sealer(key, connection.sealed_credentials)
    return Plan(setting, mode, credentials, seal)


def is_safe_to_ask_again(provider: Provider, *, sent_at: float, now: float) -> bool:
    """Whether the old refresh token can be sent once more after a crash (RFC 9700 §4.14)."""
    return not provider.reuse_revokes_family or now < sent_at + provider.rotation_grace_seconds


def uncertain() -> RefreshError:
    """Why the provider was not asked."""
    return RefreshError(
        "A refresh may have been carried out without its answer being stored; asking again could "
        "revoke the grant.",
        code=refresh_policy.UNCERTAIN,
    )


def failure_of(error: ProviderError | EgressError, provider: Provider) -> Failure:
    """A failed request, sorted by who must act."""
    if isinstance(error, ProviderRejectedError):
        return Failure(refresh_policy.REJECTED, rejected=True)
    if isinstance(error, ProviderConfigurationError):
        return Failure(error.provider_code or error.code, misconfigured=True)
    if isinstance(error, EgressFailedError) and error.maybe_sent:
        strict = provider.reuse_revokes_family and not provider.rotation_grace_seconds
        return Failure(error.code, uncertain=strict)
    if isinstance(error, ProviderError):
        return Failure(error.code, retry_after_seconds=error.retry_after_seconds)
    return Failure(error.code)
