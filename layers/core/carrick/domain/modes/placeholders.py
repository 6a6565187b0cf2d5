"""What the templates of an entry may name, as values: the namespaces of ``catalog.templates``."""

import secrets
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from carrick.catalog.interpolation import render
from carrick.domain.modes.contract import Setting
from carrick.errors import FlowError

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
    bare: Mapping[str, str] | None = None,
) -> dict[str, Mapping[str, str]]:
    """All namespaces. ``fields``: credentials by name; ``bare``: further bare names.

    What the customer set for the integration stands in place of a credential of the same name.
    """
    integration_config = preset_of(setting)
    fields = {**fields, **{k: v for k, v in integration_config.items() if k in fields_of(setting)}}
    if "_cookies" in fields:
        fields["cookies"] = fields["_cookies"]
    names = {
        "accessToken": fields.get("access_token") or fields.get("token", ""),
        "token": fields.get("token", ""),
        "refresh_token": fields.get("refresh_token", ""),
        "apiKey": fields.get("apiKey", ""),
        "username": fields.get("username", ""),
        "password": fields.get("password", ""),
        "clientId": fields.get("client_id") or setting.integration.client_id,
        "clientSecret": fields.get("client_secret") or setting.client_secret,
        "userAgent": "Carrick",
        **(bare or {}),
    }
    return {
        "": Moment({name: value for name, value in names.items() if value}, now),
        "credentials": fields,
        "connectionConfig": setting.config,
        "integrationConfig": integration_config,
        "assertionOption": setting.assertion_option,
    }


def preset_of(setting: Setting) -> dict[str, str]:
    """What the customer set for the integration, secret or not."""
    return {**setting.integration.integration_config, **setting.secrets.integration_config}


def fields_of(setting: Setting) -> Collection[str]:
    """The names of the credentials that the entry declares."""
    return setting.provider.credentials.keys()


def rendered(templates: Mapping[str, str], values: Values) -> dict[str, str]:
    """Headers or parameters that can be filled; one that an optional field leaves open is not
    sent."""
    texts = {}
    for name, template in templates.items():
        try:
            texts[name] = render(template, values)
        except FlowError:
            continue
    return texts


def filled(tree: Any, values: Values) -> Any:
    """A tree with values put into its texts; one that lacks a value becomes empty."""
    if isinstance(tree, str):
        try:
            return render(tree, values)
        except FlowError:
            return ""
    if isinstance(tree, Mapping):
        return {name: filled(part, values) for name, part in tree.items()}
    if isinstance(tree, list | tuple):
        return [filled(part, values) for part in tree]
    return tree


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
