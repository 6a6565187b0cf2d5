"""The catalog as others see it: one provider by name, and the list of all.

One file is read for one provider; lists come from generated files. Files of an overlay
directory add providers and replace packaged ones (one that ``extends`` its own name changes only
what it states). Importing this module does not import the schema: that happens with the first
``get``.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carrick.catalog.mode_inputs import with_mode_inputs
from carrick.errors import CarrickError, NotFoundError

if TYPE_CHECKING:
    from carrick.catalog.schema import Provider

PACKAGED = Path(__file__).with_name("providers")
INDEX = Path(__file__).with_name("index.json")
ENTRIES = Path(__file__).with_name("entries.json")
SUMMARY_FIELDS = ("name", "display_name", "auth_mode", "categories", "docs")

_is_name = re.compile(r"[a-z0-9][a-z0-9-]{0,99}").fullmatch


class Catalog:
    """Providers by name, cached for the life of the object: one per process.

    ``overlay`` is a directory of further provider files, or ``None``.
    """

    def __init__(self, overlay: Path | None = None) -> None:
        self._overlay = overlay
        self._providers: dict[str, Provider] = {}
        self._lists: dict[Path, list[dict[str, Any]]] = {}

    def get(self, name: str) -> "Provider":
        """One provider. Raises ``NotFoundError`` (``unknown_provider_template``).

        An overlay file that is not valid raises ``CarrickError`` (``invalid_provider_file``).
        """
        provider = self._providers.get(name)
        if provider is None:
            provider = self._providers[name] = self._load(name)
        return provider

    def summaries(self, search: str | None = None) -> list[dict[str, Any]]:
        """What a picker shows of each provider (``SUMMARY_FIELDS``), by name.

        ``search`` keeps those whose name or display name holds it, in any case.
        """
        return _found(self._list(INDEX), search)

    def entries(self, search: str | None = None) -> list[dict[str, Any]]:
        """Each whole provider in Nango's public form, without ``logo_url``, by name."""
        return _found(self._list(ENTRIES), search)

    def public(self, provider: "Provider", public_url: str = "") -> dict[str, Any]:
        """One provider in Nango's public form, with the ``logo_url`` below ``public_url``."""
        from carrick.catalog.public import public_entry  # noqa: PLC0415 - needs the schema

        return {**public_entry(provider), "logo_url": logo_url(provider.name, public_url)}

    def _list(self, path: Path) -> list[dict[str, Any]]:
        if path not in self._lists:
            items = {item["name"]: item for item in json.loads(path.read_bytes())["providers"]}
            items |= {entry["name"]: entry for entry in self._overlaid(path)}
            self._lists[path] = [items[name] for name in sorted(items)]
        return self._lists[path]

    def _overlaid(self, path: Path) -> Iterator[dict[str, Any]]:
        for file in provider_files(self._overlay) if self._overlay is not None else ():
            from carrick.catalog.public import public_entry  # noqa: PLC0415 - needs the schema

            entry = public_entry(self.get(file.stem))
            yield summary(entry) if path == INDEX else entry

    def _load(self, name: str) -> "Provider":
        if _is_name(name):
            overlaid = self._overlay / f"{name}.toml" if self._overlay is not None else None
            if overlaid is not None and overlaid.is_file():
                return load(overlaid, self._directories())
            packaged = PACKAGED / f"{name}.toml"
            if packaged.is_file():
                return load(packaged, self._directories(), trusted=True)
        raise NotFoundError("There is no such provider.", code="unknown_provider_template")

    def _directories(self) -> tuple[Path, ...]:
        return (PACKAGED,) if self._overlay is None else (self._overlay, PACKAGED)


def summary(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a picker shows of a public entry."""
    return {field: entry[field] for field in SUMMARY_FIELDS if field in entry}


def _found(items: Iterable[dict[str, Any]], search: str | None) -> list[dict[str, Any]]:
    wanted = (search or "").casefold()
    return [
        item
        for item in items
        if wanted in item["name"] or wanted in item["display_name"].casefold()
    ]


def logo_url(name: str, public_url: str) -> str:
    """Where the logo of a provider is served."""
    return f"{public_url}/images/template-logos/{name}.svg"


def provider_files(directory: Path) -> list[Path]:
    """The provider files of a directory, by name."""
    return sorted(directory.glob("*.toml"), key=lambda path: path.stem)


def load(
    path: Path, directories: Iterable[Path] = (PACKAGED,), *, trusted: bool = False
) -> "Provider":
    """Read, merge and validate one provider file, whose name is the provider's.

    What it ``extends`` is looked for in ``directories``, in order. A ``trusted`` file is one that
    the build has checked: it is validated but not linted again. Raises ``CarrickError``
    (``invalid_provider_file``) that names the file and every problem.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - keeps it off the path of other functions

    from carrick.catalog.lint import problems  # noqa: PLC0415
    from carrick.catalog.schema import Provider  # noqa: PLC0415

    document = with_mode_inputs(merged(path, directories))
    try:
        provider = Provider.model_validate_json(json.dumps(document))
    except ValidationError as error:
        found = [f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()]
        raise _invalid(path, found) from None
    found = [] if trusted else problems(provider)
    if found:
        raise _invalid(path, found)
    return provider


def merged(path: Path, directories: Iterable[Path]) -> dict[str, Any]:
    """The document of a file over that of what it extends.

    Tables are merged key by key, one level deep; anything else replaces.
    """
    document = _read(path)
    base_name = document.get("extends")
    if base_name is not None:
        base_path = _base_path(path, base_name, directories)
        base = _read(base_path)
        if "extends" in base and base_path.stem != path.stem:
            raise _invalid(path, [f"extends: {base_name} extends another entry itself"])
        for key, value in document.items():
            inherited = base.get(key)
            tables = isinstance(value, dict) and isinstance(inherited, dict)
            base[key] = {**base[key], **value} if tables else value
        document = base
    return {**document, "name": path.stem}


def _base_path(path: Path, base_name: object, directories: Iterable[Path]) -> Path:
    if isinstance(base_name, str) and _is_name(base_name):
        for directory in directories:
            candidate = directory / f"{base_name}.toml"
            if candidate.is_file() and candidate != path:
                return candidate
    raise _invalid(path, ["extends: there is no such provider"])


def _read(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _invalid(path, [str(error)]) from None
    if "name" in document:
        raise _invalid(path, ["name: the file's name is the provider's"])
    return document


def _invalid(path: Path, found: Iterable[str]) -> CarrickError:
    listed = "".join(f"\n  {problem}" for problem in found)
    return CarrickError(
        f"{path.name} is no valid provider file:{listed}", code="invalid_provider_file"
    )
