"""CUSTOM: an app that is an OAuth client too. A user's token, and one of the installation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from carrick import clock
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.app import (
    INSTALLATION,
    installation_credentials,
    installation_said,
    to_installation,
)
from carrick.domain.modes.contract import Obtained, Setting, Submitted, Tools
from carrick.domain.modes.oauth2_code import OAuth2Code
from carrick.domain.modes.redirect import Arrival, Away, Departure
from carrick.domain.modes.verification import verify
from carrick.errors import FlowError, InvalidRequestError, ProviderError
from carrick.models.credentials import Credentials

_USER = OAuth2Code()
# Renewed with the installation's token, which lives an hour: it must last until the next time.
_USER_MUST_LAST_SECONDS = 4_500.0


@dataclass(frozen=True, slots=True)
class Custom:
    """Credentials are the installation's (``APP``), with the user's under ``user``.

    Without an installation yet they are the user's (``OAUTH2``), and the connection is ``pending``.
    """

    failure_code: str = ProviderError.code
    needs_client_id: bool = True
    sends_redirect_uri: bool = False

    def begins_with_secret(self, provider: Provider) -> bool:
        return False

    def begin(self, departure: Departure, tools: Tools) -> Away:
        """The page where the app is installed; the provider asks for the user's consent there."""
        return to_installation(departure)

    def finish(self, arrival: Arrival, tools: Tools) -> Obtained:
        """The user's token for the code; the installation's, if that user may see it.

        Raises ``InvalidRequestError`` (``connection_test_failed``) for an installation that is not
        the user's: its id came through the browser, and anybody can name any.
        """
        said, setting = installation_said(arrival), arrival.setting
        if not arrival.callback.get("code") and arrival.callback.get(INSTALLATION):
            raise FlowError("The provider did not say who installed the app.")
        by_code = _USER.finish(arrival, tools)
        user, config = by_code.credentials, {**said, **setting.config}
        said = {**by_code.said, **said, "pending": not said.get(INSTALLATION)}
        known_by = oauth2.account_id_of(setting.provider, {}, config)
        if said["pending"]:
            return replace(by_code, said=said, account_id=known_by)
        texts = {name: value for name, value in config.items() if isinstance(value, str)}
        as_user = replace(setting, config=texts)
        verify(user, as_user, tools)
        both = _with_user(installation_credentials(setting, config, tools), user)
        return Obtained(both, said, by_code.granted_scopes, known_by)

    def obtain(self, submitted: Submitted, setting: Setting, tools: Tools) -> Obtained:
        raise InvalidRequestError(
            "This integration is connected by redirect.", code="invalid_auth_mode"
        )

    def is_renewable(self, credentials: Credentials, provider: Provider) -> bool:
        return credentials.type == "APP" or _USER.is_renewable(credentials, provider)

    def renew(self, credentials: Credentials, setting: Setting, tools: Tools) -> Obtained:
        """Both tokens; the user's only when it would not last until the next time."""
        if credentials.type != "APP":
            return _USER.renew(credentials, setting, tools)
        # First what can be asked twice. A refresh token may be used up by asking.
        fresh = installation_credentials(setting, setting.config, tools)
        user = _user_of(credentials)
        ends_soon = (user.expires_at or float("inf")) - tools.now() < _USER_MUST_LAST_SECONDS
        if user.refresh_token and ends_soon:
            user = _USER.renew(user, setting, tools).credentials
        return Obtained(_with_user(fresh, user))


def _with_user(app: Credentials, user: Credentials) -> Credentials:
    """The installation's credentials with the user's in them, dates as they are on the wire."""
    part: dict[str, Any] = {"type": user.type, **user.values, "raw": user.raw}
    ends = app.expires_at
    if user.expires_at is not None:
        part["expires_at"] = clock.iso_z(user.expires_at)
        if user.refresh_token:
            ends = min(ends or user.expires_at, user.expires_at)
    return replace(app, values={**app.values, "user": part}, expires_at=ends)


def _user_of(credentials: Credentials) -> Credentials:
    part: Mapping[str, Any] = credentials.values.get("user") or {}
    values = {k: v for k, v in part.items() if k not in {"type", "raw", "expires_at"}}
    ends = part.get("expires_at")
    expires_at = datetime.fromisoformat(ends).timestamp() if ends else None
    return Credentials("OAUTH2", values, expires_at, part.get("raw") or {})
