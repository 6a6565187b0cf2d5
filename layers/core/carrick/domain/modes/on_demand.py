"""Modes by name, each loaded when it is first asked for: a cold start pays for the one it needs."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar

from carrick.catalog.auth_modes import AuthMode

M = TypeVar("M")


class OnDemand(Mapping[AuthMode, M], Generic[M]):
    """``places`` are ``module:name`` within ``carrick.domain.modes``: a value, or its class."""

    def __init__(self, places: Mapping[AuthMode, str]) -> None:
        self._places = places
        self._loaded: dict[AuthMode, M] = {}

    def __getitem__(self, auth_mode: AuthMode) -> M:
        if auth_mode not in self._loaded:
            module, _, name = self._places[auth_mode].partition(":")
            found = getattr(import_module(f"carrick.domain.modes.{module}"), name)
            self._loaded[auth_mode] = found() if isinstance(found, type) else found
        return self._loaded[auth_mode]

    def __iter__(self) -> Iterator[AuthMode]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
