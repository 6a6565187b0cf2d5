"""Entries made for a test: valid, with what the test states on top."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from carrick.catalog import Catalog
from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.catalog.schema import Provider

MakeProvider = Callable[..., Provider]
WriteProvider = Callable[[str, str], Path]

MINIMAL = {
    "name": "example",
    "display_name": "Example",
    "auth_mode": "OAUTH2",
    "authorization_url": "https://example.com/authorize",
    "token_url": "https://example.com/token",
}


@pytest.fixture
def make_provider() -> MakeProvider:
    """Builds an entry from keyword arguments, as if they stood in a file."""

    def make(**stated: Any) -> Provider:
        return Provider.model_validate_json(json.dumps(MINIMAL | stated))

    return make


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """An empty overlay directory."""
    directory = tmp_path / "overlay"
    directory.mkdir()
    return directory


@pytest.fixture
def write_provider(overlay: Path) -> WriteProvider:
    """Writes a provider file into the overlay."""

    def write(name: str, text: str) -> Path:
        path = overlay / f"{name}.toml"
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The packaged catalog."""
    return Catalog()


@pytest.fixture(scope="session")
def packaged() -> list[Provider]:
    """Every packaged provider, by name."""
    return [load(path, trusted=True) for path in provider_files(PACKAGED)]
