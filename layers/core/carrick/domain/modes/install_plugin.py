"""INSTALL_PLUGIN: a plug-in that the person installs; requests are made with the plug-in's pair.

https://docs.crisp.chat/guides/rest-api/authentication/
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from carrick.catalog.formats import validate
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.redirect import Arrival, Away, Departure
from carrick.domain.modes.static import BASIC
from carrick.errors import FlowError, InvalidRequestError
from carrick.models.credentials import Credentials


@dataclass(frozen=True, slots=True)
class InstallPlugin:
    """The integration's client id and secret are user name and password of the plug-in.

    The state goes along as ``payload``, and comes back under that name.
    """

    failure_code: str = BASIC.failure_code
    needs_client_id: bool = True
    sends_redirect_uri: bool = False

    def begins_with_secret(self, provider: Provider) -> bool:
        return False

    def begin(self, departure: Departure, tools: Tools) -> Away:
        """The page where the plug-in is installed."""
        link = departure.setting.integration.custom.get("app_link", "")
        if not link:
            raise FlowError("The integration names no plug-in.", code="provider_config_err")
        query = urlencode({"payload": departure.state})
        return Away(f"{validate('url', link, 'app_link')}?{query}")

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        """The pair, tried where the entry knows how, and what came back with the browser."""
        setting = arrival.setting
        said = oauth2.callback_metadata(setting.provider, arrival.callback)
        if not said.keys() >= set(setting.provider.redirect_uri_metadata):
            raise FlowError("The provider did not say where the plug-in was installed.")
        pair = {"username": setting.integration.client_id, "password": setting.client_secret}
        obtained = BASIC.obtain(pair, setting, tools)
        known_by = oauth2.account_id_of(setting.provider, {}, {**said, **setting.config})
        return Obtained(obtained.credentials, dict(said), account_id=known_by)

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        raise InvalidRequestError(
            "This integration is connected by redirect.", code="invalid_auth_mode"
        )

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return False

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return Obtained(credentials)
