"""What an endpoint answered: its members, and the error that they state.

Real answers differ from RFC 6749 §5.1 and §5.2 in these ways, all of them handled here:

- form-encoded instead of JSON (GitHub unless asked for JSON, older Facebook), or JSON that is
  declared as ``text/html`` or ``text/plain``: the shape of the body decides;
- an error with status 200 (GitHub: ``error``; Slack: ``"ok": false`` and ``error``);
- an error that is an object (Facebook, Google APIs) or has other names (HubSpot: ``status`` and
  ``message``);
- text that is not UTF-8, a byte order mark, lone surrogates, numbers beyond a double, deep nesting:
  repaired rather than refused, since a refused answer may hold the only copy of a rotated token.

Not here: XML, arrays, plain-text tokens.
"""

import json
import math
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from carrick.errors import ProviderError
from carrick.models.http import InboundResponse
from carrick.oauth.errors import error_from, retry_after_seconds, unusable_answer

Members = dict[str, object]

MAX_DEPTH = 20
"""Levels of nesting that are kept; what lies deeper becomes ``null``."""

_MAX_FORM_FIELDS = 200
_FORM_SHAPED = r"[A-Za-z0-9_.\-]+=[^\s<>{}]*"
_CODE_NAMES = ("error", "error_code", "errorCode", "code", "status")
_NESTED_CODE_NAMES = ("type", "status", "code", "error")
_NUMERIC_CODE_NAMES = ("error_code", "errorCode", "code")
_DESCRIPTION_NAMES = (
    "error_description",
    "error_message",
    "errorMessage",
    "message",
    "detail",
    "error_reason",
)


def members_of(response: InboundResponse) -> Members | None:
    """The members of a JSON object or form-encoded body; ``None`` for any other body."""
    text = response.body.decode("utf-8-sig", "replace").strip()
    if text.startswith("{"):
        return _json_object(text)
    form = "form-urlencoded" in response.headers.get("content-type", "").lower()
    if text and (form or re.fullmatch(_FORM_SHAPED, text)):
        return _form_fields(text)
    return None


def states_error(members: Mapping[str, object]) -> bool:
    """Whether the members say that the request failed, whatever the status said."""
    return bool(members.get("error")) or members.get("ok") is False


def names_a_code(members: Mapping[str, object]) -> bool:
    """Whether members without a token give a code for that (TikTok: status 200 and ``code``)."""
    return any(members.get(name) for name in _NUMERIC_CODE_NAMES)


def error_of(
    response: InboundResponse, members: Mapping[str, object] | None, now: float | None
) -> ProviderError:
    """The error for an answer that is not a good one; returned, for the caller to raise."""
    status, headers = response.status, response.headers
    if members is None:
        page = response.body.lstrip().startswith(b"<") and status != 401
        if status < 400 or page:
            later = retry_after_seconds(headers, now)
            return unusable_answer("neither a JSON object nor a form", status, later)
        return error_from(status, "", "", headers, now)
    code, description = _stated(members)
    return error_from(status, code, description, headers, now)


def at_path(members: object, path: str) -> object:
    """The member at a dotted path, or ``None``. A name with dots in it is tried whole first.

    A number is a place in a list: ``0.id``.
    """
    if isinstance(members, list):
        members = {str(place): member for place, member in enumerate(members)}
    if not isinstance(members, dict) or not path:
        return None
    if path in members:
        return members[path]
    name, _, rest = path.partition(".")
    return at_path(members.get(name), rest) if rest else None


def _stated(members: Mapping[str, object]) -> tuple[str, str]:
    inner = members.get("error")
    if isinstance(inner, dict):
        code = _text(inner, _NESTED_CODE_NAMES) or _number(inner)
        return code, _text(inner, _DESCRIPTION_NAMES) or _text(members, _DESCRIPTION_NAMES)
    code = _text(members, _CODE_NAMES) or _number(members)
    return code, _text(members, _DESCRIPTION_NAMES)


def _text(members: Mapping[str, object], names: tuple[str, ...]) -> str:
    values = (members.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value), "")


def _number(members: Mapping[str, object]) -> str:
    values = (members.get(name) for name in _NUMERIC_CODE_NAMES)
    return next((str(value) for value in values if type(value) is int and abs(value) < 10**9), "")


def _json_object(text: str) -> Members | None:
    try:
        value = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    tidy = _tidy(value, MAX_DEPTH)
    return tidy if isinstance(tidy, dict) else None


def _form_fields(text: str) -> Members | None:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FORM_FIELDS)
    except ValueError:
        return None
    return dict(pairs)


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _tidy(value: object, depth: int) -> object:
    """The same value with text that can be written as UTF-8 and at most ``depth`` levels."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_tidy(item, depth - 1) for item in value]
    return {str(_tidy(name, 1)): _tidy(item, depth - 1) for name, item in value.items()}
