"""Where an outbound request may go: its URL, then every address of its host.

Parts of a URL come from customers and end users (webhook URLs, hosts of self-hosted providers), so
a request must not reach this machine, the function's own runtime and credentials endpoints, or the
network around it. Nothing here touches the network.

IPv4: all that IANA's special-purpose registry does not call globally reachable is refused.
IPv6: only global unicast (2000::/3, RFC 4291 §2.4) is let through, less the parts of it that are
special or carry an IPv4 address. Registries: iana.org/assignments/iana-ipv4-special-registry and
iana.org/assignments/iana-ipv6-special-registry.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote

from carrick.errors import EgressRefusedError

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port in, IP addresses out. Raises ``OSError`` when the name does not resolve."""

_FORBIDDEN_IPV4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # shared by carriers (RFC 6598)
        "127.0.0.0/8",  # loopback: the Lambda runtime API listens here
        "169.254.0.0/16",  # link-local: instance and task metadata, credentials, X-Ray daemon
        "172.16.0.0/12",  # private (RFC 1918)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",  # private (RFC 1918)
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 1112)
        "240.0.0.0/4",  # reserved and broadcast (RFC 1112, RFC 919)
    )
)
_GLOBAL_UNICAST_IPV6 = IPv6Network("2000::/3")
_FORBIDDEN_IPV6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928, RFC 4380)
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4 (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_LOOPBACK_IPV4 = IPv4Network("127.0.0.0/8")
_LOOPBACK_IPV6 = IPv6Address("::1")

_UNSAFE_CHARACTER = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]|\s")
_URL = re.compile(
    r"(?P<scheme>[A-Za-z]+)://"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[^/?#\[\]:@%]+))"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path_and_query>(?:[/?][^#]*)?)"
)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_PRINTABLE_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_DIFFERENT_IN_IDNA_2008 = frozenset("\u00df\u1e9e\u03c2\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Target:
    """What a checked URL says. ``repr`` leaves out path and query, which may hold secrets.

    ``host`` is canonical: an ASCII name in lower case without a trailing dot, or an IP address in
    its standard spelling without brackets.
    """

    host: str
    port: int
    scheme: str
    path_and_query: str = field(repr=False)

    @property
    def is_address(self) -> bool:
        """Whether the host is an IP address, so that there is nothing to resolve."""
        return _parse_address(self.host) is not None

    @property
    def authority(self) -> str:
        """The value of the ``Host`` field: the default port is left out (RFC 9110 §7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_default_port = self.port == (443 if self.scheme == "https" else 80)
        return host if is_default_port else f"{host}:{self.port}"


def check_url(url: str, *, allow_loopback: bool, ports: Collection[int] = frozenset()) -> Target:
    """Take a URL apart, refusing all but plain HTTPS on port 443 and on ``ports``.

    With ``allow_loopback``, this machine (127.0.0.0/8, ::1, ``localhost`` and names that end in
    ``.localhost``, RFC 6761 §6.3) may also be reached, by HTTP or HTTPS and on any port.
    A host that is an IP address is read the way the C library reads it and checked here; the
    addresses of a name are for ``check_addresses``.

    Raises ``EgressRefusedError``; also for user information, a fragment, control characters, white
    space and backslashes anywhere.
    """
    found = None if _UNSAFE_CHARACTER.search(url) else _URL.fullmatch(url)
    scheme = found["scheme"].lower() if found else ""
    if found is None or scheme not in ("https", "http"):
        raise EgressRefusedError("The URL is not an absolute http or https URL in plain form.")
    host = _canonical_ipv6(found["ipv6"]) if found["ipv6"] else _canonical_name(found["name"])
    is_local = _is_this_machine(host)
    if is_local and not allow_loopback:
        raise EgressRefusedError(f"The host {host} is not allowed.")
    if _parse_address(host) is not None:
        check_addresses(host, [host], allow_loopback=allow_loopback)
    port = int(found["port"] or (443 if scheme == "https" else 80))
    if not is_local and (scheme != "https" or port not in (443, *ports)):
        raise EgressRefusedError(f"The host {host} may only be reached by HTTPS on port 443.")
    if not 0 < port < 65536:
        raise EgressRefusedError(f"The port for host {host} is not a port.")
    rest = quote(found["path_and_query"], safe=_PRINTABLE_ASCII)
    return Target(host, port, scheme, rest if rest.startswith("/") else "/" + rest)


def check_addresses(
    host: str, addresses: Sequence[str], *, allow_loopback: bool
) -> tuple[str, ...]:
    """Return the addresses in standard spelling if all may be connected to.

    One forbidden address among them refuses the request: which one a connection would use is
    up to whoever answers for the name. Names of this machine (see ``check_url``) must resolve to
    loopback, all others to public addresses. Raises ``EgressRefusedError``.
    """
    is_local = allow_loopback and _is_this_machine(host)
    parsed = [_parse_address(address) for address in addresses]
    checked = [ip for ip in parsed if ip and (_is_loopback(ip) if is_local else _is_public(ip))]
    if not parsed or len(checked) != len(parsed):
        # Which address it was is not said: that would tell a stranger about the network inside.
        raise EgressRefusedError(f"The host {host} is not allowed.")
    return tuple(str(ip) for ip in checked)


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        # A zone (fe80::1%eth0) names an interface of this machine: never a public address.
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _FORBIDDEN_IPV4)
    return ip in _GLOBAL_UNICAST_IPV6 and not any(ip in block for block in _FORBIDDEN_IPV6)


def _is_loopback(ip: IPv4Address | IPv6Address) -> bool:
    return ip in _LOOPBACK_IPV4 if isinstance(ip, IPv4Address) else ip == _LOOPBACK_IPV6


def _is_this_machine(host: str) -> bool:
    ip = _parse_address(host)
    if ip is not None:
        return _is_loopback(ip)
    return host == "localhost" or host.endswith(".localhost")


def _canonical_ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise EgressRefusedError("The host of the URL is not an IPv6 address.") from None


def _canonical_name(name: str) -> str:
    host = (name if name.isascii() else _to_ascii(name)).lower().removesuffix(".")
    # No top-level domain is a number, so such a host is an IPv4 address or nothing at all.
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _canonical_ipv4(host)
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise EgressRefusedError("The host of the URL is not a host name.")
    return host


def _to_ascii(name: str) -> str:
    """Encode an internationalized name (RFC 3490), as the resolver would.

    Digits of other scripts are refused, and characters that IDNA 2003 and 2008 map to different
    names: somebody who needs them can write the name in its ``xn--`` form.
    """
    import unicodedata  # noqa: PLC0415 - 1 MB that few requests need

    folded = unicodedata.normalize("NFKC", name)
    if not _DIFFERENT_IN_IDNA_2008.isdisjoint(name) or any(
        character.isdigit() and not character.isascii() for character in folded
    ):
        raise EgressRefusedError("The host of the URL must be written in its xn-- form.")
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        raise EgressRefusedError("The host of the URL is not a host name.") from None


def _canonical_ipv4(text: str) -> str:
    """Read an IPv4 address like ``inet_aton``: one to four decimal, octal or hexadecimal parts."""
    try:
        *high, low = [_number(part) for part in text.split(".")]
        if len(high) > 3:
            raise ValueError
        # bytes() and to_bytes() refuse a part that does not fit.
        return str(IPv4Address(bytes(high) + low.to_bytes(4 - len(high), "big")))
    except (ValueError, OverflowError):
        raise EgressRefusedError("The host of the URL is not an IPv4 address.") from None


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if len(text) > 1 and text.startswith("0") else 10)
