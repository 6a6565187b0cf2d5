"""A revocation: what is left of a deleted connection until the provider knows that it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carrick.models.connection import ConnectionKey
from carrick.models.integration import Integration

REVOCABLE = frozenset({"OAUTH2", "OAUTH2_CC", "MCP_OAUTH2", "MCP_OAUTH2_GENERIC"})
"""Auth modes whose tokens can be ended, by RFC 7009 or by a call of the entry's."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """``event_id`` is that of the deletion. Secrets are sealed as they were, to their old places.

    ``integration`` is as it was at the deletion: it may be gone by now. Only its client and its
    allowed hosts are kept.
    """

    event_id: str
    key: ConnectionKey
    integration: Integration
    connection_config: Mapping[str, Any]
    created_at: float
    sealed_credentials: bytes = field(repr=False)
