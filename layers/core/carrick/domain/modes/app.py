"""APP: tokens of an app for the installation that a person made of it, renewed by its key.

https://docs.github.com/apps/creating-github-apps/registering-a-github-app/about-the-setup-url
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from carrick.catalog.endpoints import endpoint
from carrick.catalog.inputs import checked
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.redirect import Arrival, Away, Departure
from carrick.errors import FlowError, InvalidRequestError, ProviderError
from carrick.models.credentials import Credentials
from carrick.oauth.app_tokens import (
    app_assertion,
    build_installation_token_request,
    process_installation_token_response,
)

LINK = "appPublicLink"
INSTALLATION = "installation_id"


@dataclass(frozen=True, slots=True)
class App:
    """The provider returns to the URL that the app is registered with: no flow names one.

    It does not say who installed the app, and ``installation_id`` comes through the browser: see
    ``docs/security.md``.
    """

    failure_code: str = ProviderError.code
    needs_client_id: bool = False
    sends_redirect_uri: bool = False

    def begins_with_secret(self, provider: Provider) -> bool:
        return False

    def begin(self, departure: Departure, tools: Tools) -> Away:
        """The page where the app is installed."""
        return to_installation(departure)

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        """The token of the installation that the provider returned with."""
        said = installation_said(arrival)
        config = {**said, **arrival.setting.config}
        if not config.get(INSTALLATION):
            raise FlowError("The provider did not say which installation this is.")
        credentials = installation_credentials(arrival.setting, config, tools)
        known_by = oauth2.account_id_of(arrival.setting.provider, {}, config)
        return Obtained(credentials, said, account_id=known_by)

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        raise InvalidRequestError(
            "This integration is connected by redirect.", code="invalid_auth_mode"
        )

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return True

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        return Obtained(installation_credentials(setting, setting.config, tools))


def to_installation(departure: Departure) -> Away:
    """Where an app is installed, with the state. Raises ``FlowError`` (``provider_config_err``)."""
    setting = departure.setting
    custom, provider = setting.integration.custom, setting.provider
    if not (custom.get("app_id") and custom.get("app_link")):
        raise FlowError("The integration names no app.", code="provider_config_err")
    link = custom["app_link"].rstrip("/")
    if LINK in provider.connection_config:
        link = checked(LINK, provider.connection_config[LINK], link)
    config = {**setting.config, LINK: link}
    url = endpoint(provider, "authorization", config)
    query = urlencode({"state": departure.state})
    return Away(f"{url}{'&' if '?' in url else '?'}{query}", config={LINK: link})


def installation_said(arrival: Arrival) -> dict[str, str | bool]:
    """What is known of an app's installation from the browser's return, checked.

    Raises ``FlowError`` (``wrong_auth_mode``) when it was only asked for.
    """
    callback, setting = arrival.callback, arrival.setting
    if callback.get("setup_action") == "request" and not callback.get("code"):
        raise FlowError(
            "The installation was requested; an owner has to approve it.", code="wrong_auth_mode"
        )
    said = oauth2.callback_metadata(setting.provider, callback)
    return {"app_id": setting.integration.custom["app_id"], **said}


def installation_credentials(
    setting: Setting, config: Mapping[str, object], tools: Tools
) -> Credentials:
    """Credentials of type ``APP`` (contract §6.1) for the installation that ``config`` names."""
    texts = {name: value for name, value in config.items() if isinstance(value, str)}
    url = endpoint(setting.provider, "app_token", texts)
    app_id, now = setting.integration.custom.get("app_id", ""), tools.now()
    assertion = app_assertion(app_id, setting.secrets.private_key, now=now)
    answer = tools.ask(build_installation_token_request(url, assertion))
    issued = process_installation_token_response(answer, now=now)
    values = {"access_token": issued.token, "jwtToken": assertion}
    return Credentials("APP", values, issued.expires_at, issued.raw).within_bounds()
