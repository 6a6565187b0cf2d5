"""Credentials of a connection, as they are sealed and as they are read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from carrick import clock

MAX_RAW_BYTES = 64 * 1024
"""A provider's answer is kept up to here. Beyond it an item or a message could not hold it all."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """One connection's secrets, tagged by ``type`` (an auth mode, contract §6.1).

    ``values`` holds the members of that type under their wire names (``access_token``,
    ``refresh_token``, ``config_override`` …). ``raw`` is the provider's whole answer.
    ``expires_at`` in epoch seconds, ``None`` when the provider did not say. ``kept`` is what a
    renewal needs and nobody else is shown.
    """

    type: str
    values: Mapping[str, Any] = field(repr=False)
    expires_at: float | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    kept: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def refresh_token(self) -> str | None:
        value = self.values.get("refresh_token")
        return value if isinstance(value, str) and value else None

    @property
    def access_token(self) -> str:
        value = self.values.get("access_token", "")
        return value if isinstance(value, str) else ""

    def with_values(self, **values: Any) -> "Credentials":
        """A copy with some members replaced."""
        return replace(self, values={**self.values, **values})

    def within_bounds(self) -> "Credentials":
        """The same, without ``raw`` if that is too large to be kept."""
        return self if len(json.dumps(self.raw)) <= MAX_RAW_BYTES else replace(self, raw={})

    def to_bytes(self) -> bytes:
        """The plaintext that is sealed."""
        document = {
            "type": self.type,
            "values": self.values,
            "expires_at": self.expires_at,
            "raw": self.raw,
            "kept": self.kept,
        }
        return json.dumps(document, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Credentials":
        """Read what ``to_bytes`` wrote."""
        document = json.loads(data)
        return cls(
            document["type"],
            document["values"],
            document["expires_at"],
            document["raw"],
            document.get("kept", {}),
        )

    def to_wire(self, *, with_refresh_token: bool) -> dict[str, Any]:
        """As ``GET /connections/{id}`` shows it (contract §7.2).

        Without ``with_refresh_token`` every member whose name reads as refresh token is left out,
        at any depth.
        """
        shown: dict[str, Any] = {"type": self.type, **self.values}
        if self.expires_at is not None:
            shown["expires_at"] = clock.iso_z(self.expires_at)
        shown["raw"] = self.raw
        return shown if with_refresh_token else without_refresh_tokens(shown)


def without_refresh_tokens(value: Any) -> Any:
    """A copy without members whose name reads as refresh token, at any depth (contract §7.2)."""
    if isinstance(value, Mapping):
        return {
            name: without_refresh_tokens(member)
            for name, member in value.items()
            if name.replace("_", "").replace("-", "").lower() != "refreshtoken"
        }
    if isinstance(value, list):
        return [without_refresh_tokens(member) for member in value]
    return value
