"""Events: what is told to the customer's backend, and what travels on our queues."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """``operation`` of an auth webhook (contract §10.2)."""

    CREATION = "creation"
    OVERRIDE = "override"
    REFRESH = "refresh"
    DELETION = "deletion"


@dataclass(frozen=True, slots=True)
class AuthEvent:
    """One row of the outbox; becomes one webhook per endpoint. Holds no secret.

    ``end_user`` is the stored end user (``id``, ``email``, ``display_name``, ``organization``,
    ``tags``) or ``None``. ``tags`` is ``None`` when there is no connection (a failed creation).
    ``version`` is the connection's, so that a receiver can drop a stale event.
    """

    event_id: str
    environment_id: str
    operation: Operation
    success: bool
    created_at: float
    integration_id: str
    connection_id: str
    provider: str
    auth_mode: str
    operation_id: str
    tags: Mapping[str, str] | None = None
    end_user: Mapping[str, Any] | None = None
    webhook_url_override: str | None = None
    error_type: str = ""
    error_description: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """On the webhook queue: deliver this event to this endpoint. Ids only.

    ``endpoint`` is ``primary``, ``secondary`` or ``override``.
    """

    environment_id: str
    event_id: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class RefreshMessage:
    """On the refresh queue: look at this connection. Ids only."""

    environment_id: str
    integration_id: str
    connection_id: str
