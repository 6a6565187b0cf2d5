"""The named formats of what people type: a closed set, one validator each.

A catalog entry names a format instead of carrying a pattern of its own, so that nothing from an
entry is ever compiled. Each validator reads its input once and knows its longest input.
``docs/providers.md`` is generated from ``FORMATS``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from carrick.catalog import hosts
from carrick.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    ``hint`` completes "must be ...". ``pattern`` is what a form may check beforehand (a regular
    expression that Python and JavaScript read alike); ``accepts`` is what counts. ``wire_format``
    is Nango's name for it, where there is one. Case does not matter where ``lower`` is set: the
    value is stored in lower case.
    """

    hint: str
    max_length: int
    accepts: Callable[[str], object]
    pattern: str | None = None
    wire_format: str | None = None
    lower: bool = False


def _from_pattern(
    hint: str,
    max_length: int,
    pattern: str,
    *,
    wire_format: str | None = None,
    lower: bool = False,
) -> Format:
    matches = re.compile(pattern).fullmatch
    return Format(hint, max_length, matches, f"^{pattern}$", wire_format, lower)


def _is_multiline(text: str) -> bool:
    return all(line.replace("\t", " ").isprintable() for line in re.split("\r\n|\r|\n", text))


def _is_host_and_port(text: str) -> bool:
    host, colon, port = text.partition(":")
    return hosts.is_hostname(host) and (not colon or _is_port(port))


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536


def _is_path(text: str) -> bool:
    return all(
        _PATH_SEGMENT(segment) and segment not in (".", "..")
        for segment in text.removeprefix("/").split("/")
    )


def _is_host_and_path(text: str) -> bool:
    host, slash, path = text.removesuffix("/").partition("/")
    return (
        bool(_URL_CHARACTERS(text))
        and _is_host_and_port(host.lower())
        and (not slash or (path[:1] not in ("", "/") and _is_path(path)))
    )


_PATH_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+").fullmatch
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/-]+").fullmatch


def _is_url(text: str) -> bool:
    if not text.startswith("https://") or not _URL_CHARACTERS(text):
        return False
    parts = urlsplit(text)
    path = parts.path.rstrip("/")
    return _is_host_and_port(parts.netloc.lower()) and (not path or _is_path(path))


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "text": Format("printable text on one line", 1024, str.isprintable),
        "multiline": Format("printable text, such as a key in PEM", 16384, _is_multiline),
        "token": _from_pattern("one word of visible ASCII", 8192, r"[!-~]+"),
        "slug": _from_pattern("letters, digits, - and _", 255, r"[A-Za-z0-9_-]+"),
        "digits": _from_pattern("digits only", 64, r"[0-9]+"),
        "hex": _from_pattern("hexadecimal digits only", 128, r"[0-9A-Fa-f]+"),
        "uuid": _from_pattern(
            "a UUID",
            36,
            r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
            wire_format="uuid",
        ),
        "email": _from_pattern(
            "an email address",
            254,
            r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{3,189}",
            wire_format="email",
        ),
        "date": _from_pattern("a date, YYYY-MM-DD", 10, r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        "version": _from_pattern("a version, such as v2.1", 32, r"v?[0-9]+(?:[.-][0-9]+){0,3}"),
        "region": _from_pattern("a region code", 32, r"[a-z0-9]+(?:-[a-z0-9]+){0,4}", lower=True),
        "enum": Format("one of the listed values", 255, str.isprintable),
        "subdomain": Format(
            "one DNS label: letters, digits and -",
            63,
            hosts.is_label,
            pattern="^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
            lower=True,
        ),
        "label": _from_pattern(
            "one DNS label, in the case it is shown in",
            63,
            r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
        ),
        "subdomains": Format(
            "one or more DNS labels with dots between",
            190,
            hosts.are_labels,
            pattern="^[A-Za-z0-9]([A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$",
            lower=True,
        ),
        "hostname": Format(
            "a host name", 253, hosts.is_hostname, wire_format="hostname", lower=True
        ),
        "host_and_port": Format(
            "a host name, with a port if need be", 259, _is_host_and_port, lower=True
        ),
        "port": Format("a port, 1 to 65535", 5, _is_port, pattern="^[0-9]{1,5}$"),
        "host_and_path": Format(
            "a host name, with a port and a path if need be", 768, _is_host_and_path
        ),
        "url": Format(
            "an https URL without query or credentials", 2048, _is_url, wire_format="uri"
        ),
        "path": Format("segments of a path with / between", 512, _is_path),
    }
)

HOST_LABEL_FORMATS = frozenset({"subdomain", "label", "region", "digits", "hex", "uuid"})
"""Formats of which any value is at most one DNS label."""

HOST_FORMATS = frozenset({"hostname", "host_and_port", "host_and_path"})
"""Formats that begin with a full host."""

PORT_FORMATS = frozenset({"host_and_port", "host_and_path", "port", "url"})
"""Formats of which a value may hold a port."""

PATH_FORMATS = FORMATS.keys() - {
    "text", "multiline", "token", "url", "host_and_port", "host_and_path", "port",
}  # fmt: skip
"""Formats of which a value may stand in the path of a URL."""


def validate(format: str, value: str, field: str) -> str:
    """Check a value against a named format and return it as it is to be stored.

    ``field`` names the input in the error. Raises ``InvalidRequestError``
    (``invalid_connection_config``); its message never holds the value.
    """
    rule = FORMATS[format]
    if not 0 < len(value) <= rule.max_length:
        raise invalid(field, f"must have 1 to {rule.max_length} characters")
    normal = value.lower() if rule.lower and value.isascii() else value
    if not rule.accepts(normal):
        raise invalid(field, f"must be {rule.hint}")
    return normal


def invalid(field: str, reason: str) -> InvalidRequestError:
    """The error for one input that cannot be used; ``reason`` must not hold the value."""
    return InvalidRequestError(f"'{field}' {reason}.", code="invalid_connection_config")
