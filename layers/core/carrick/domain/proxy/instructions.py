"""What the headers of a proxied request ask for (contract §11.1)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from carrick.errors import ValidationFailedError
from carrick.models.patterns import CONNECTION_ID, UNIQUE_KEY
from carrick.transport.message import RESERVED_HEADERS

PREFIX = "nango-proxy-"
MOST_RETRIES = 100
LONGEST_URL = 2048
# Of the connection, not of the message (RFC 9110 §7.6.1), and what AWS adds: never passed on.
NOT_PASSED_ON = RESERVED_HEADERS | {"proxy-authenticate", "proxy-authorization"}

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9a-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_STATUSES = re.compile(r"[1-5][0-9]{2}(?: *, *[1-5][0-9]{2}){0,49}")
_SWITCH = {"": None, "true": True, "false": False}
_REQUIRED = ("provider-config-key", "connection-id")


def _is_switch(value: str) -> bool:
    return value.lower() in _SWITCH


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 3 and int(value) <= MOST_RETRIES


_FORMS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "provider-config-key": (re.compile(UNIQUE_KEY).fullmatch, "Invalid format"),
    "connection-id": (re.compile(CONNECTION_ID).fullmatch, "Invalid format"),
    "retries": (_is_count, f"A number from 0 to {MOST_RETRIES}"),
    "retry-on": (_STATUSES.fullmatch, "Statuses with commas between"),
    "decompress": (_is_switch, "true or false"),
    "forward-headers-on-redirect": (_is_switch, "true or false"),
    "base-url-override": (lambda url: len(url) <= LONGEST_URL, f"At most {LONGEST_URL} characters"),
}


@dataclass(frozen=True, slots=True)
class Instructions:
    """``headers`` go to the provider, by name in lower case; they may hold secrets.

    ``content_type`` is that of the caller's own message, for a body of which neither they nor the
    entry say what it is. ``forwards_headers``: whether a redirect to another host may take
    credentials along; ``None`` leaves it to the entry.
    """

    integration_id: str
    connection_id: str
    retries: int = 0
    retry_on: frozenset[int] = frozenset()
    base_url_override: str = field(default="", repr=False)
    forwards_headers: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content_type: str = ""


def read_instructions(headers: Mapping[str, str], *, has_body: bool) -> Instructions:
    """Read them; names are in lower case. Logging headers and unknown ones are passed over.

    Raises ``ValidationFailedError`` (``invalid_headers``), which names headers and shows no value.
    """
    problems = list(_problems(headers))
    if problems:
        raise ValidationFailedError("invalid_headers", problems)
    passed, own_type = _passed_on(headers), headers.get("content-type", "")
    if own_type.lower().startswith("multipart/") and has_body:
        # The body goes on byte for byte, and its boundary is the one that it was sent with.
        passed["content-type"] = own_type
    return Instructions(
        integration_id=headers["provider-config-key"],
        connection_id=headers["connection-id"],
        retries=int(headers.get("retries") or 0),
        retry_on=frozenset(map(int, filter(None, headers.get("retry-on", "").split(",")))),
        base_url_override=headers.get("base-url-override", "").strip(),
        forwards_headers=_SWITCH[headers.get("forward-headers-on-redirect", "").lower()],
        headers=passed,
        content_type=own_type if has_body else "",
    )


def _problems(headers: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for name in _REQUIRED:
        if not headers.get(name):
            yield {"code": "invalid_type", "message": "Required", "path": [name]}
    for name, (is_valid, message) in _FORMS.items():
        value = headers.get(name, "")
        if value and not is_valid(value):
            yield {"code": "invalid_format", "message": message, "path": [name]}
    for name, value in headers.items():
        is_sendable = _NAME.fullmatch(name.removeprefix(PREFIX)) and _VALUE.fullmatch(value)
        if name.startswith(PREFIX) and not is_sendable:
            message = "Not a header that can be sent"
            yield {"code": "invalid_format", "message": message, "path": [name[:64]]}


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """``Nango-Proxy-<Name>`` as ``<name>``, but for what belongs to one connection only."""
    given = {
        name.removeprefix(PREFIX): value.strip()
        for name, value in headers.items()
        if name.startswith(PREFIX)
    }
    named = {token.strip().lower() for token in given.get("connection", "").split(",")}
    return {
        name: value
        for name, value in given.items()
        if name not in NOT_PASSED_ON and name not in named
    }
