"""Seals what a mode obtained, at the place where it will stay."""

from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import Obtained
from carrick.domain.modes.registry import mode_of
from carrick.domain.vault import Vault
from carrick.models.confirmation import Granted
from carrick.models.connection import ConnectionKey


def sealed(key: ConnectionKey, obtained: Obtained, provider: Provider, vault: Vault) -> Granted:
    """The same as it may be stored. Raises ``SealError``."""
    credentials = obtained.credentials
    return Granted(
        sealed_credentials=vault.seal_credentials(key, credentials),
        refreshable=mode_of(provider.auth_mode).is_renewable(credentials, provider),
        expires_at=credentials.expires_at,
        said=obtained.said,
        granted_scopes=obtained.granted_scopes,
        account_id=obtained.account_id,
    )
