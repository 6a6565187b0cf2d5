"""API_KEY, BASIC and NONE: what the person supplies is the credential; it never changes."""

from dataclasses import dataclass

from carrick.catalog.schema import Provider
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.verification import REFUSED, verify
from carrick.models.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Static:
    """Credentials of ``type`` with the named members, as they were filled in."""

    type: str
    members: tuple[str, ...]
    failure_code: str = REFUSED

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        values = {name: submitted.get(name, "") for name in self.members}
        credentials = Credentials(self.type, values, raw=values)
        verify(credentials, setting, tools)
        return Obtained(credentials)

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return False

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return Obtained(credentials)


API_KEY = Static("API_KEY", ("apiKey",))
BASIC = Static("BASIC", ("username", "password"))
NONE = Static("NONE", ())
