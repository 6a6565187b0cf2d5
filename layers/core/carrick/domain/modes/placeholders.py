"""What the templates of an entry may name, as values: the namespaces of ``catalog.templates``."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from carrick.domain.modes.contract import Setting

Values = Mapping[str, Mapping[str, str]]

# The letters of a date format as entries write them, longest first, and Python's.
_LETTERS = (
    ("YYYY", "%Y"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("HH", "%H"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("[Z]", "Z"),
    ("[T]", "T"),
)
_UNITS = ("days", "hours", "minutes", "seconds")


def values_of(
    setting: Setting,
    fields: Mapping[str, str],
    *,
    now: float,
    steps: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Mapping[str, str]]:
    """All namespaces. ``fields``: credentials by name; ``steps``: answers of earlier calls."""
    bare = {
        "accessToken": fields.get("access_token") or fields.get("token", ""),
        "token": fields.get("token", ""),
        "refresh_token": fields.get("refresh_token", ""),
        "apiKey": fields.get("apiKey", ""),
        "username": fields.get("username", ""),
        "password": fields.get("password", ""),
        "clientId": fields.get("client_id") or setting.integration.client_id,
        "clientSecret": fields.get("client_secret") or setting.client_secret,
        "userAgent": "Carrick",
    }
    integration_config = {
        **setting.integration.integration_config,
        **setting.secrets.integration_config,
    }
    return {
        "": Moment({name: value for name, value in bare.items() if value}, now),
        "credentials": fields,
        "connectionConfig": setting.config,
        "integrationConfig": integration_config,
        **(steps or {}),
    }


class Moment(Mapping[str, str]):
    """Bare names, and those that depend on the moment: ``now``, ``now:FORMAT``, ``random``."""

    def __init__(self, names: Mapping[str, str], now: float) -> None:
        self._names = names
        self._now = datetime.fromtimestamp(now, UTC)
        self._random = secrets.token_hex(16)

    def __getitem__(self, name: str) -> str:
        if name == "random":
            return self._random
        if name.startswith("now"):
            return self._moment(name)
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _moment(self, name: str) -> str:
        """``now``, ``now:FORMAT`` or ``now+7:days:FORMAT``; ISO 8601 without a format."""
        shift, _, layout = name.removeprefix("now").partition(":")
        moment = self._now
        if shift:
            unit, _, layout = layout.partition(":")
            if unit not in _UNITS:
                raise KeyError(name)
            moment += timedelta(**{unit: int(shift)})
        if layout == "rfc2822":
            return format_datetime(moment)
        for letters, directive in _LETTERS:
            layout = layout.replace(letters, directive)
        return moment.strftime(layout or "%Y-%m-%dT%H:%M:%SZ")
