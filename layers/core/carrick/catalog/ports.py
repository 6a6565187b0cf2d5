"""Which ports beside 443 a provider may be reached at: those its entry lets people name."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from carrick.catalog.formats import PORT_FORMATS

if TYPE_CHECKING:
    from carrick.catalog.schema import Provider

_PORT = re.compile(r"(?:https://)?[^/:]+:([0-9]{1,5})(?:/|$)")


def ports_of(provider: "Provider", connection_config: Mapping[str, str]) -> frozenset[int]:
    """The ports in this connection's hosts, where the entry's format for them has a port.

    Servers that companies run themselves often listen elsewhere. The addresses are public ones all
    the same, and the protocol is HTTPS (``transport.guard``).
    """
    ports = set()
    for name, field in provider.connection_config.items():
        value = connection_config.get(name, "") if field.format in PORT_FORMATS else ""
        named = re.fullmatch("[0-9]{1,5}", value) if field.format == "port" else None
        found = named or _PORT.match(value)
        if found is not None:
            ports.add(int(found[found.lastindex or 0]))
    return frozenset(ports)
