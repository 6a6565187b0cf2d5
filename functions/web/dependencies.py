"""What the web function reads from its environment."""

import functools
from dataclasses import dataclass

from carrick.settings import BaseUrlSettings


@dataclass(frozen=True)
class Settings(BaseUrlSettings):
    """The variables of this function."""


@functools.cache
def dependencies() -> Settings:
    return Settings.load()
