"""What stands where stores, queue, vault and catalog do, for the use cases that ask them."""

from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import Setting
from carrick.models.credentials import Credentials
from carrick.models.integration import Integration
from carrick.models.revocation import Revocation
from local.providers.made_up import KEY

EVENT_ID = "msg_dry_run"


class StandIn:
    """Holds one entry and, where something is revoked, one connection. Nothing is sealed."""

    def __init__(
        self,
        entry: Provider,
        setting: Setting | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._entry, self._setting, self._credentials = entry, setting, credentials

    def get(self, name: str) -> Revocation | Provider:
        """The revocation by its event, or the entry by its name."""
        if name != EVENT_ID or self._setting is None:
            return self._entry
        setting = self._setting
        return Revocation(name, KEY, setting.integration, setting.config, 0.0, b"")

    def delete(self, _event_id: str) -> None:
        """Nothing is kept."""

    def postpone(self, *_: object) -> None:
        """There is no other time."""

    def unseal_credentials(self, *_: object) -> Credentials | None:
        """The connection's."""
        return self._credentials

    def client_secret(self, _integration: Integration) -> str:
        """The integration's."""
        return self._setting.client_secret if self._setting else ""

    def seal_client_secret(self, *place_and_secret: str) -> bytes:
        """The secret, as it is."""
        return place_and_secret[-1].encode()
