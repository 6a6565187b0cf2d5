"""Whether a failed request is worth another try, and when (contract §11.4). Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from carrick.catalog.schema.api import Retry, RetryInBody
from carrick.models.http import InboundResponse
from carrick.oauth.answers import at_path, members_of
from carrick.oauth.errors import retry_after_seconds

FIRST_WAIT_SECONDS = 1.0
"""Doubles with each try. Nango waits three; an invocation has 29 in all."""

_MILLISECONDS_FROM = 1e11
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?")


def is_worth_another(
    answer: InboundResponse, stated: Retry, retry_on: frozenset[int] = frozenset()
) -> bool:
    """By the entry's statuses, else 401, 429 and 5xx; the caller's; or a spent allowance."""
    status = answer.status
    if status < 400:
        return False
    if status in retry_on or any(
        answer.headers.get(name.lower(), "").strip() == "0" for name in stated.remaining_headers
    ):
        return True
    if stated.statuses:
        return any(_covers(pattern, status) for pattern in stated.statuses)
    return status >= 500 or status in {401, 429}


def wait_seconds(
    answer: InboundResponse | None, stated: Retry, *, attempt: int, now: float
) -> float:
    """How long to wait after this attempt (0 is the first); ``now`` in epoch seconds.

    The longest of what the provider says, or a wait that doubles if it says nothing. ``None`` for
    an answer that never came.
    """
    said = _said(answer, stated, now) if answer is not None else []
    return max(0.0, *said) if said else FIRST_WAIT_SECONDS * 2.0**attempt


def _said(answer: InboundResponse, stated: Retry, now: float) -> list[float]:
    headers = answer.headers
    found = [_until(headers.get(name.lower(), ""), now) for name in stated.at_headers]
    found += [_seconds(headers.get(name.lower(), "")) for name in stated.after_headers]
    if "retry-after" not in {name.lower() for name in stated.at_headers}:
        found.append(retry_after_seconds(headers, now))
    if stated.in_body is not None:
        found.append(_in_body(answer, stated.in_body, now))
    return [seconds for seconds in found if seconds is not None]


def _in_body(answer: InboundResponse, stated: RetryInBody, now: float) -> float | None:
    members: Mapping[str, object] | None = members_of(answer)
    text = at_path(members, stated.path)
    if not isinstance(text, str) or stated.after_text not in text:
        return None
    words = text.partition(stated.after_text)[2].split()
    word = words[0].rstrip(".,;") if words else ""
    return _until(word, now) if stated.means == "at" else _seconds(word)


def _seconds(text: str) -> float | None:
    found = _NUMBER.match(text.strip())
    return float(found.group()) if found else None


def _until(text: str, now: float) -> float | None:
    """A moment as epoch seconds or milliseconds, ISO 8601 or an HTTP date, from now."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        moment = float(text)
        return (moment / 1000 if moment > _MILLISECONDS_FROM else moment) - now
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() - now
    return None


def _covers(pattern: str, status: int) -> bool:
    """``429``, ``5xx`` or ``500-599``."""
    if pattern.lower().endswith("xx"):
        return pattern[0] == str(status)[0]
    first, _, last = pattern.partition("-")
    return first.isdigit() and int(first) <= status <= int(last if last.isdigit() else first)
