"""The only module that opens outbound connections, whatever they are for.

A name is resolved once, every address is checked, and the connection goes to a checked address
while ``Host``, SNI and certificate keep the name. A name server that answers differently the next
time (DNS rebinding) therefore gains nothing.

Each request has a connection of its own. A kept one may have been closed by the peer while the
function was frozen, where no clock runs; a refresh sent into it could not be told from one that was
received, and must not be repeated. Proxies named by the environment are not used.
"""

import socket
import ssl
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass

from carrick import clock
from carrick.errors import EgressFailedError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.transport.client_certificate import presenting
from carrick.transport.guard import Resolver, Target, check_addresses, check_url
from carrick.transport.message import (
    UNREADABLE_ANSWER,
    OversizeError,
    read_response,
    request_bytes,
)


class Transport:
    """Sends requests. Holds no connection; threads may share one.

    ``allow_loopback`` is for local runs and tests; no deployed function sets it. ``resolver``
    and ``ssl_context`` stand in for the system's: the context must verify certificates and names.
    ``ports`` may be reached beside 443.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolver: Resolver | None = None,
        user_agent: str = "Carrick",
        ssl_context: ssl.SSLContext | None = None,
        ports: Collection[int] = frozenset(),
    ) -> None:
        self._allow_loopback = allow_loopback
        self._resolver = resolver or _system_addresses
        self._user_agent = user_agent
        self._ssl_context = ssl_context
        self._ports = ports

    def with_ports(self, ports: Collection[int]) -> "Transport":
        """One that may also use these ports: those that a provider's entry lets people name."""
        if not ports:
            return self
        return Transport(
            allow_loopback=self._allow_loopback,
            resolver=self._resolver,
            user_agent=self._user_agent,
            ssl_context=self._ssl_context,
            ports=ports,
        )

    def check(self, url: str) -> None:
        """Refuse a URL that ``send`` would refuse before it looks up a name.

        For one that a browser is sent to, or that is kept for later. Raises
        ``EgressRefusedError``.
        """
        check_url(url, allow_loopback=self._allow_loopback)

    def send(
        self,
        request: OutboundRequest,
        *,
        deadline_seconds: float = 15.0,
        connect_seconds: float = 3.0,
        max_body_bytes: int = 1_048_576,
    ) -> InboundResponse:
        """Send one request, once, and return its answer whatever the status; follow no redirect.

        ``deadline_seconds`` bounds everything from here to the last byte of the body, however
        slowly the peer drips; a name server's silence is bounded by the system's resolver alone,
        and nothing is sent once the deadline has passed. ``connect_seconds`` bounds each address
        tried and then the TLS handshake. ``max_body_bytes`` holds before and after decoding.

        Raises ``EgressRefusedError`` (see ``guard``, ``message.request_bytes`` and
        ``client_certificate.presenting``; nothing was sent) and ``EgressFailedError``. Neither says
        more of the request than its host.
        """
        deadline = _Deadline(clock.monotonic() + deadline_seconds)
        target = check_url(request.url, allow_loopback=self._allow_loopback, ports=self._ports)
        outgoing = request_bytes(request, target, user_agent=self._user_agent)
        tls = self._tls(request) if target.scheme == "https" else None
        addresses = self._resolve(target)
        opening = self._connect(target, addresses, deadline, tls, connect_seconds)
        with closing(opening) as connection:
            try:
                connection.settimeout(deadline.left())
                connection.sendall(outgoing)  # here the timeout is for all of it
                return read_response(
                    lambda buffer: _receive_into(connection, buffer, deadline),
                    method=request.method,
                    max_body_bytes=max_body_bytes,
                )
            except (OSError, *UNREADABLE_ANSWER) as error:
                # Not chained: these errors may quote the answer.
                message = f"The request to {target.host} failed: {_reason(error)}."
                raise EgressFailedError(message, maybe_sent=True, reason=_kind(error)) from None

    def _resolve(self, target: Target) -> tuple[str, ...]:
        if target.is_address:
            return (target.host,)
        try:
            addresses = self._resolver(target.host, target.port)
        except OSError:
            addresses = ()
        if not addresses:
            message = f"The host {target.host} does not resolve."
            raise EgressFailedError(message, maybe_sent=False)
        return check_addresses(target.host, addresses, allow_loopback=self._allow_loopback)

    def _connect(
        self,
        target: Target,
        addresses: Sequence[str],
        deadline: "_Deadline",
        tls: ssl.SSLContext | None,
        connect_seconds: float,
    ) -> socket.socket:
        try:
            connection = _open_first(addresses, target.port, deadline, connect_seconds)
            try:
                if tls is not None:
                    connection.settimeout(deadline.left(connect_seconds))
                    connection = tls.wrap_socket(connection, server_hostname=target.host)
            except BaseException:
                connection.close()
                raise
        except OSError as error:
            message = f"No connection to {target.host}: {_reason(error)}."
            raise EgressFailedError(message, maybe_sent=False, reason=_kind(error)) from None
        return connection

    def _tls(self, request: OutboundRequest) -> ssl.SSLContext:
        if request.client_certificate is not None:
            return presenting(request.client_certificate, self._ssl_context)
        # Made when first needed: reading the system's certificates takes longer than a token read.
        if self._ssl_context is None:
            context = ssl.create_default_context()
            context.set_alpn_protocols(["http/1.1"])
            self._ssl_context = context
        return self._ssl_context


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The moment, on the monotonic clock, at which all waiting ends."""

    at: float

    def left(self, at_most: float | None = None) -> float:
        """The seconds that may still be waited. Raises ``TimeoutError`` when there are none."""
        seconds = self.at - clock.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds if at_most is None else min(seconds, at_most)


def _system_addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _open_first(
    addresses: Sequence[str], port: int, deadline: _Deadline, connect_seconds: float
) -> socket.socket:
    """Connect to the first address that accepts. Raises the last one's ``OSError``."""
    failure: OSError | None = None
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            connection = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:  # this machine has no such family
            failure = error
            continue
        try:
            connection.settimeout(deadline.left(connect_seconds))
            connection.connect((address, port))
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure or OSError


def _receive_into(connection: socket.socket, buffer: memoryview, deadline: _Deadline) -> int:
    connection.settimeout(deadline.left())
    return connection.recv_into(buffer)


def _kind(error: Exception) -> str:
    """What a caller may want to tell apart."""
    if isinstance(error, OversizeError):
        return "too_large"
    return "timeout" if isinstance(error, TimeoutError) else ""


def _reason(error: Exception) -> str:
    """Say what happened in words that hold nothing the peer or the caller wrote."""
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, OversizeError):
        return "the answer is too large"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate was refused ({error.verify_message.rstrip('.')})"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"the answer cannot be read ({type(error).__name__})"
