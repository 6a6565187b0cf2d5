"""Installations that begin in the provider's marketplace and end by its webhook (contract §10.4).

The webhook says who installed, and nothing that this browser knew before. So the application says
beforehand whose installation it waits for, by what its session presets. What a browser says does
not count: whoever names a stranger would be given the stranger's account.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from carrick.catalog.inputs import checked
from carrick.catalog.schema import InputField, Provider
from carrick.domain.modes.contract import Obtained
from carrick.errors import InvalidRequestError
from carrick.models.credentials import Credentials
from carrick.models.flow import Flow
from carrick.models.session import ConnectSession
from carrick.oauth.answers import at_path

OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class Installation:
    """What the webhook of an installation says. ``awaited``: as ``Connection.awaits`` has it.

    ``said`` is not checked yet (``config_of``).
    """

    awaited: str
    code: str = field(repr=False)
    said: Mapping[str, str]


def begun(provider: Provider, session: ConnectSession, flow: Flow) -> Obtained:
    """What a connection holds until its installation has come: nothing (contract §4.6).

    Raises ``InvalidRequestError`` where no webhook could complete it: ``invalid_auth_mode`` for a
    session that renews, or that wants to confirm who ended the authorization, and as ``awaited``.
    """
    if session.reconnect is not None or session.confirm_required:
        raise InvalidRequestError(
            "An installation makes a new connection, and no browser comes back to confirm it.",
            code="invalid_auth_mode",
        )
    awaited(provider, session, flow)
    return Obtained(Credentials("OAUTH2", {}), {"pending": True})


def awaited(provider: Provider, session: ConnectSession, flow: Flow) -> str:
    """Whose installation is waited for, as one text.

    Raises ``InvalidRequestError`` (``invalid_connection_config``) if the session does not say.
    """
    presets = session.defaults_for(flow.integration_id).connection_config
    for name in provider.webhook_match:
        if not presets.get(name):
            raise InvalidRequestError(
                f"The session must preset '{name}': whose installation this is.",
                code="invalid_connection_config",
            )
    return _text({name: flow.connection_config.get(name, "") for name in provider.webhook_match})


def installation_of(provider: Provider, body: bytes) -> Installation | None:
    """What a verified webhook says of an installation; ``None`` if it tells of something else."""
    members = _members(body)
    if provider.installation != OUTBOUND or not provider.webhook_code_path:
        return None
    code = at_path(members, provider.webhook_code_path)
    match = {name: _plain(members, path) for name, path in provider.webhook_match.items()}
    if not isinstance(code, str) or not code or not all(match.values()):
        return None
    said = {path: _plain(members, path) for path in provider.webhook_metadata}
    return Installation(_text(match), code, said)


def config_of(provider: Provider, installation: Installation) -> dict[str, str]:
    """What the entry keeps of the webhook as connection config.

    It fills a URL: raises ``InvalidRequestError`` (``invalid_connection_config``) for a value that
    does not fit its field.
    """
    undeclared = InputField()
    return {
        name: checked(name, provider.connection_config.get(name, undeclared), value)
        for name, value in installation.said.items()
        if value
    }


def _members(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _plain(members: object, path: str) -> str:
    value = at_path(members, path)
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if is_plain else ""


def _text(match: Mapping[str, str]) -> str:
    return json.dumps(match, sort_keys=True, separators=(",", ":"))
