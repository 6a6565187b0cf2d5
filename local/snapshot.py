"""What survives a restart: tables, streams, queues, key material and secrets, in one file.

The file is written a moment after a change, whole, by renaming: a crash loses that moment and no
more. It holds key material and secrets, so only its owner may read it.
"""

import base64
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from local import contents
from local.aws import LocalAws
from local.backends import everything_locked, kms, secret

FORMAT = 1
DELAY_SECONDS = 0.5
_SECTIONS = ("tables", "queues", "keys", "secrets")


class SnapshotError(Exception):
    """The snapshot cannot be used. Starting without it would lose what it holds."""


class Snapshot:
    """The state of a stack in ``path``. ``notes`` is free text of the runner's, saved with it."""

    def __init__(self, path: Path, aws: LocalAws) -> None:
        self._path = path
        self._aws = aws
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._saving = threading.Lock()
        self.notes: dict[str, str] = {}

    def load(self) -> bool:
        """Put the saved state into the (empty) resources. False if there is none yet.

        Raises ``SnapshotError`` for a file that is broken, of another version, or holds what the
        template no longer has.
        """
        try:
            saved = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            raise SnapshotError(f"{self._path} cannot be read: it is damaged.") from error
        if not isinstance(saved, dict) or saved.get("format") != FORMAT:
            raise SnapshotError(
                f"{self._path} was written by another version of Carrick. "
                "Use that one, or start afresh with another state folder."
            )
        try:
            self._check(saved)
            self._put(saved)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SnapshotError(f"{self._path} cannot be read: it is damaged.") from error
        return True

    def _check(self, saved: dict[str, Any]) -> None:
        for section in _SECTIONS:
            unknown = sorted(set(saved[section]) - set(getattr(self._aws.stack, section)))
            if unknown:
                raise SnapshotError(
                    f"{self._path} holds {unknown[0]}, which template.yaml no longer has."
                )

    def _put(self, saved: dict[str, Any]) -> None:
        stack = self._aws.stack
        with everything_locked():
            for name, values in saved["tables"].items():
                contents.put_table(stack.tables[name], values)
            for name, messages in saved["queues"].items():
                contents.put_queue(stack.queues[name], messages)
            for name, material in saved["keys"].items():
                key = kms().keys[stack.keys[name].key_id]
                key.key_material = base64.b64decode(material, validate=True)
            for name, text in saved["secrets"].items():
                _set_secret(secret(stack.secrets[name]), text)
        self.notes = dict(saved["notes"])

    def save(self) -> None:
        """Write the state now. Raises ``OSError`` if the file cannot be written."""
        with self._saving:
            self._changed.clear()
            text = json.dumps(self._take(), separators=(",", ":"))
            write_private(self._path, text)

    def _take(self) -> dict[str, Any]:
        stack = self._aws.stack
        with everything_locked():
            return {
                "format": FORMAT,
                "notes": self.notes,
                "tables": {name: contents.take_table(spec) for name, spec in stack.tables.items()},
                "queues": {name: contents.take_queue(spec) for name, spec in stack.queues.items()},
                "keys": {
                    name: base64.b64encode(kms().keys[spec.key_id].key_material).decode("ascii")
                    for name, spec in stack.keys.items()
                },
                "secrets": {
                    name: _secret_text(secret(spec)) for name, spec in stack.secrets.items()
                },
            }

    def start(self, report: Callable[[str], None]) -> None:
        """Save a moment after each change, until ``stop``; failures are reported and repeated."""
        self._aws.on_write.append(self._changed.set)
        threading.Thread(target=self._save_changes, args=(report,), daemon=True).start()

    def _save_changes(self, report: Callable[[str], None]) -> None:
        pause = DELAY_SECONDS
        while not self._stopping.is_set():
            self._changed.wait()
            if self._stopping.wait(pause):
                return
            started = monotonic()
            try:
                self.save()
                pause = max(DELAY_SECONDS, 10 * (monotonic() - started))
            except (OSError, TypeError, ValueError) as error:
                report(f"The state could not be saved: {error}")
                self._changed.set()

    def stop(self) -> None:
        """Save no more by itself."""
        self._stopping.set()
        self._changed.set()


def write_private(path: Path, text: str) -> None:
    """Replace a file at once with one that only its owner may read."""
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    temporary.replace(path)


def _secret_text(stored: Any) -> str:
    return str(stored.versions[stored.default_version_id]["secret_string"])


def _set_secret(stored: Any, text: str) -> None:
    stored.versions[stored.default_version_id]["secret_string"] = text
    stored.secret_string = text
