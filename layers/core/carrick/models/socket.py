"""A socket: a browser that waits for the result of an authorization."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Socket:
    """``gateway_id`` is API Gateway's id of the connection; ``expires_at`` in epoch seconds.

    ``ws_client_id`` is what the browser is told: who knows it has results written to this socket.
    """

    gateway_id: str
    ws_client_id: str = field(repr=False)
    expires_at: float
