"""What public catalogs say of each provider, apart from our entries (``facts.jsonl``).

One line per packaged provider, with the facts' own names: endpoints, parameters, formats and
client authentication, as they were compared across catalogs. ``corrections.toml`` says where an
entry differs from them on purpose. Placeholders are filled here by other code than Carrick's, so
that both have to agree.
"""

import base64
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]
_HERE = Path(__file__).parent


def _rows() -> dict[str, Row]:
    lines = (_HERE / "facts.jsonl").read_text("utf-8").splitlines()
    rows = {row["name"]: row for row in map(json.loads, lines)}
    corrections = tomllib.loads((_HERE / "corrections.toml").read_text("utf-8"))["corrections"]
    for correction in corrections:
        for name in correction["providers"]:
            rows[name] |= correction["facts"]
    return rows


ROWS: Mapping[str, Row] = _rows()
Values = Mapping[str, str]
_INNERMOST = re.compile(r"\$\{([^${}]+)\}")
_BASE64 = re.compile(r"base64\((.*)\)")


class UnfilledError(Exception):
    """A placeholder has no value."""


def values_of(config: Mapping[str, str], **others: str) -> dict[str, str]:
    """What placeholders may name: connection config, and others by their whole names."""
    return {**{f"connectionConfig.{k}": v for k, v in config.items()}, **others}


def fill(template: str, values: Values) -> str:
    """Put values in, the innermost placeholders first. Raises ``UnfilledError``."""

    def value(match: re.Match[str]) -> str:
        encoded = _BASE64.fullmatch(match[1])
        if encoded is not None:
            return base64.b64encode(encoded[1].encode()).decode()
        if match[1] not in values:
            raise UnfilledError(match[1])
        return values[match[1]]

    while _INNERMOST.search(template):
        template = _INNERMOST.sub(value, template)
    return template


def first_filled(templates: Sequence[str], values: Values) -> str:
    """The first of the alternatives whose placeholders all have values."""
    for template in templates:
        try:
            return fill(template, values)
        except UnfilledError:
            continue
    raise UnfilledError(templates[0])


def filled(params: Mapping[str, Any], values: Values) -> dict[str, str]:
    """Parameters with placeholders filled; what is no text is written as JSON has it."""
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
    return {name: fill(text, values) for name, text in texts.items()}


def tree(value: Any, values: Values) -> Any:
    """A JSON value with the placeholders of its texts filled; members without a value are out."""
    if isinstance(value, dict):
        found = {}
        for name, part in value.items():
            try:
                found[name] = tree(part, values)
            except UnfilledError:
                continue
        return found
    if isinstance(value, list):
        return [tree(part, values) for part in value]
    return fill(value, values) if isinstance(value, str) else value


def renamed(params: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Standard parameters under the provider's names; an empty name leaves one out."""
    return {names.get(name, name): value for name, value in params.items() if names.get(name, name)}


def named(auth_mode: str) -> list[str]:
    """The providers of an auth mode."""
    return sorted(name for name, row in ROWS.items() if row["auth_mode"] == auth_mode)
