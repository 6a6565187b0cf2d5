"""Builds the effects from settings. The only module that makes AWS clients.

``functions/`` and ``local/`` alone import it. One ``Aws`` per function: its clients come from one
botocore session (a second client of a session costs 20 ms, a second session 170 ms) and are made
when first asked for.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.config import Config

from carrick import clock, settings

if TYPE_CHECKING:
    from carrick.catalog import Catalog

CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "max_attempts": 3},
    tcp_keepalive=True,
    max_pool_connections=50,
)

# The page in the popup waits until the browser was told: two tries of three seconds at most.
SOCKET_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "max_attempts": 2},
    tcp_keepalive=True,
)


class Aws:
    """The AWS clients of one function, made lazily.

    Where they lead is read once: on the laptop, where functions share a process, the environment
    is another function's by the time a client is asked for.
    """

    def __init__(self) -> None:
        self._session = botocore.session.get_session()
        self._session.get_credentials()
        self._place = {
            "region_name": settings.region(),
            "endpoint_url": settings.aws_endpoint_url(),
        }
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A client of this service, one per ``Aws``."""
        if service not in self._clients:
            self._clients[service] = self._session.create_client(
                service, config=CONFIG, **self._place
            )
        return self._clients[service]

    def socket_client(self, endpoint: str) -> Any:
        """A client of the WebSocket API whose management endpoint this is."""
        return self._session.create_client(
            "apigatewaymanagementapi", endpoint_url=endpoint, config=SOCKET_CONFIG
        )


def warm(dependencies: Callable[[], object]) -> None:
    """Build the dependencies in the init phase of a real sandbox, where CPU is not capped."""
    if settings.is_initializing_in_lambda():
        dependencies()


def catalog(loaded: settings.CatalogSettings) -> "Catalog":
    """The providers that ship, with the user's own files over them."""
    # Brings pydantic: only for functions that ask for it, and when they do.
    from carrick.catalog import Catalog  # noqa: PLC0415

    overlay = loaded.providers_overlay_dir
    return Catalog(Path(overlay) if overlay else None)


now = clock.now
