"""What is written down of a dry run, and where the problem lies when it fails."""

import io
import logging
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from itertools import groupby

from carrick.catalog.known_values import stated_templates
from carrick.catalog.schema import Provider
from carrick.catalog.templates import parse, references
from carrick.errors import CarrickError
from carrick.models.http import OutboundRequest
from local.scripted_provider import ScriptedProvider


class StoppedError(Exception):
    """A stage failed, and the problem is noted; or the rest cannot be played."""


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one stage: a URL for the browser, requests, or facts. ``title`` says which."""

    title: str
    url: str = ""
    requests: tuple[OutboundRequest, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(slots=True)
class Played:
    """``parts`` in the order in which they happen; ``secrets`` with the name that stands for each.

    ``problems``: what keeps the entry from working, each with the keys of the file.
    """

    parts: list[Part] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    problems: list[str] = field(default_factory=list)


class Record:
    """Writes down what the provider receives, stage by stage."""

    def __init__(self, entry: Provider, provider: ScriptedProvider) -> None:
        self.played = Played()
        self._entry = entry
        self._provider = provider

    @contextmanager
    def stage(self, keys: str) -> Iterator[None]:
        """Ends the run with a problem that names the keys of the file, if the stage fails.

        Raises ``StoppedError`` then.
        """
        try:
            yield
        except CarrickError as error:
            self.took("Until then, the provider received")
            self.problem(_where(error.message, keys, self._entry), error.message)
            raise StoppedError from error
        except KeyError as error:  # an input that the mode reads and the entry does not declare
            self.problem(keys, f"this auth mode needs {error.args[0]}")
            raise StoppedError from error

    def took(self, title: str, verifying: Collection[tuple[str, str]] = ()) -> None:
        """The requests since the last time, as a part; those that verify as one of their own.

        ``verifying``: method and URL of these.
        """
        requests, self._provider.received = self._provider.received, []
        runs = groupby(requests, key=lambda request: (request.method, request.url) in verifying)
        for verifies, some in runs:
            named = "To verify, the provider receives" if verifies else title
            self.played.parts.append(Part(named, requests=tuple(some)))

    def tell(self, title: str, *facts: str) -> None:
        """Facts, as a part; no part if there are none."""
        if facts:
            self.played.parts.append(Part(title, facts=facts))

    def send_browser(self, url: str) -> None:
        """Where the browser goes, as a part."""
        self.played.parts.append(Part("The browser is sent to", url))

    def note(self, secrets: Mapping[str, str]) -> None:
        """Secrets with the names that are printed in their place."""
        self.played.secrets |= secrets

    def problem(self, keys: str, text: str) -> None:
        """What keeps the entry from working."""
        self.played.problems.append(f"{keys}: {text}")


@contextmanager
def without_logs() -> Iterator[None]:
    """What functions log, and their metrics, are not for the author of a file."""
    logging.disable()
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)


class _StoppedError(Exception):
    """A stage failed; the problem is noted."""


def facts_of(values: Mapping[str, str | bool]) -> tuple[str, ...]:
    """Values by name, as facts."""
    return tuple(f"{name} = {value}" for name, value in values.items())


def _where(message: str, keys: str, entry: Provider) -> str:
    """The keys whose templates name the value that is missing; else those of the stage."""
    missing = re.fullmatch(r".*A value is missing: (\S+)\.", message)
    if missing is None:
        return keys
    named = [
        key
        for key, text in stated_templates(entry)
        if any(str(ref) == missing[1] for ref in references(parse(text)))
    ]
    in_stage = [key for key in named if key.startswith(tuple(keys.split(", ")))]
    return ", ".join(in_stage or named) or keys
