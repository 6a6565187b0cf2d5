"""Tells the browser that waits on a socket how its authorization ended (contract §4.3, §5.1).

Telling is a courtesy: what was done stays done, and who cannot be told asks (``GET
/connect/session``). So nothing here fails what it tells of.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from carrick import observability
from carrick.errors import (
    CarrickError,
    FlowError,
    ForbiddenError,
    InvalidRequestError,
    PayloadTooLargeError,
    UnauthenticatedError,
)
from carrick.models.socket import Socket
from carrick.sockets.gateway import SocketGateway
from carrick.store.sockets import SocketStore

ACK_PAUSES_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
MAX_DESCRIPTION = 500

# Codes that the official client's applications know under another name (contract §5.1).
_TYPES = {
    "account_mismatch": "connection_validation_failed",
    "invalid_connection_config": "url_param_err",
    "iss_mismatch": "callback_err",
    "session_ended": "account_or_environment_retrieval_err",
    "unknown_provider_template": "unknown_config_key",
}
# What the browser or its application can do something about keeps its own name.
_TOLD_BY_CODE = (
    FlowError,
    ForbiddenError,
    InvalidRequestError,
    PayloadTooLargeError,
    UnauthenticatedError,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for which connection. ``ws_client_id`` is empty where nobody does."""

    ws_client_id: str = field(repr=False)
    integration_id: str
    connection_id: str = ""


@dataclass(frozen=True, slots=True)
class Notifier:
    """``sockets``: who is there. ``gateway``: how to reach them."""

    sockets: SocketStore
    gateway: SocketGateway

    def succeeded(self, waiting: Waiting, *, is_pending: bool) -> None:
        """Tell of a connection that was made, or waits to be confirmed. Never raises."""
        self._tell(waiting, success_message(waiting, is_pending=is_pending))

    def failed(self, waiting: Waiting, error: CarrickError) -> None:
        """Tell of an authorization that ended without one. Never raises."""
        self._tell(waiting, error_message(waiting, error))

    def _tell(self, waiting: Waiting, message: dict[str, Any]) -> None:
        if not waiting.ws_client_id:
            return
        try:
            socket = self.sockets.find(waiting.ws_client_id)
            is_told = socket is not None and self.gateway.post(socket.gateway_id, message)
        except Exception as error:  # whatever it is, the authorization has ended as it has
            observability.error("browser_not_told", exception=error)
            return
        observability.info("browser_told" if is_told else "browser_gone")


def success_message(waiting: Waiting, *, is_pending: bool) -> dict[str, Any]:
    """What resolves the official client's promise. Never with what confirms the connection."""
    return {
        "message_type": "success",
        "provider_config_key": waiting.integration_id,
        "connection_id": waiting.connection_id,
        "is_pending": is_pending,
    }


def error_message(waiting: Waiting, error: CarrickError) -> dict[str, Any]:
    """What rejects it, with a type that its applications know."""
    return {
        "message_type": "error",
        "provider_config_key": waiting.integration_id,
        "connection_id": waiting.connection_id,
        "error_type": error_type(error),
        "error_desc": error.message[:MAX_DESCRIPTION],
    }


def error_type(error: CarrickError) -> str:
    """The client's ``AuthError.type``; ``unknown_err`` for what nobody there can mend."""
    if error.code in _TYPES:
        return _TYPES[error.code]
    return error.code if isinstance(error, _TOLD_BY_CODE) else "unknown_err"


def acknowledge(socket: Socket, gateway: SocketGateway, *, pause: Callable[[float], None]) -> bool:
    """Tell a browser what its socket is called. ``False`` if it has gone meanwhile.

    The client sends nothing and waits for this (contract §14.1). API Gateway calls a connection
    gone until its handshake is over, so it is tried for a second and a half.
    """
    message = {"message_type": "connection_ack", "ws_client_id": socket.ws_client_id}
    for seconds in ACK_PAUSES_SECONDS:
        if gateway.post(socket.gateway_id, message):
            return True
        pause(seconds)
    return gateway.post(socket.gateway_id, message)
