"""For every test: no AWS account, no network but this machine, and logs that can be searched.

What moto cannot show, so no test here does: throttling, eventual consistency of indexes, deletion
by TTL, clock skew. The deployment is tested with another emulator in tests/deploy.
"""

import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import settings

from tests.support.logs import Logs

# How long an example takes says more of the machine than of the code; benchmarks measure that.
settings.register_profile("carrick", deadline=None)
settings.load_profile("carrick")

for _name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[_name]
os.environ.update(
    {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
)


class OutsideConnectionError(RuntimeError):
    """A test tried to leave this machine. No ``OSError``: nothing may take it for a failed call."""


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Refuse connections to, and name look-ups of, anything but loopback."""
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        if not _is_this_machine(host):
            raise socket.gaierror(socket.EAI_NONAME, "tests resolve no names of other machines")
        return getaddrinfo(host, *arguments, **options)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_getaddrinfo
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = getaddrinfo


def _check(connection: socket.socket, address: Any) -> None:
    if connection.family in {socket.AF_INET, socket.AF_INET6} and not _is_this_machine(address[0]):
        raise OutsideConnectionError(f"a test tried to connect to {address[0]}")


def _is_this_machine(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else host
    if text is None or text == "localhost" or text.endswith(".localhost"):
        return True
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[Logs]:
    """Everything written during the test. ``logs.text`` can be searched."""
    with Logs(capsys).captured() as captured:
        yield captured
