"""Query strings as the official clients write them: raw, encoded and bracketed.

``params[subdomain]=acme`` and ``params%5Bsubdomain%5D=acme`` both become
``{"params": {"subdomain": "acme"}}``. A name given twice is refused: which one counts would be a
matter of taste, and a taste that differs between two parsers is an attack.
"""

import re
from urllib.parse import parse_qsl

from carrick.errors import InvalidRequestError, PayloadTooLargeError

MAX_QUERY_BYTES = 16 * 1024
MAX_PARAMETERS = 200
_BRACKETED = re.compile(r"([^\[\]]+)\[([^\[\]]+)\]")

Query = dict[str, str | dict[str, str]]


def parse_query(raw: str) -> Query:
    """Parse a raw query string, one level of brackets deep.

    Raises ``InvalidRequestError`` (``invalid_query_params``) for a duplicate or a name that is both
    plain and bracketed, ``PayloadTooLargeError`` over 16 KiB.
    """
    if len(raw) > MAX_QUERY_BYTES:
        raise PayloadTooLargeError("The query string is over 16 KiB.")
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise InvalidRequestError(
            "The query string cannot be read.", code="invalid_query_params"
        ) from error
    query: Query = {}
    for name, value in pairs:
        bracketed = _BRACKETED.fullmatch(name)
        if bracketed is None:
            _set_once(query, name, value)
            continue
        group = query.setdefault(bracketed[1], {})
        if isinstance(group, str):
            raise _duplicate(bracketed[1])
        _set_once(group, bracketed[2], value)
    return query


def text(query: Query, name: str) -> str | None:
    """A plain parameter, or ``None``. Raises if it came with brackets."""
    value = query.get(name)
    if isinstance(value, dict):
        raise InvalidRequestError(f"{name} takes one value.", code="invalid_query_params")
    return value


def text_of_any(raw: str, name: str) -> str:
    """A plain parameter of a query that may be no good otherwise; empty unless given once.

    For answering a request that is refused. What it asks for is read by ``parse_query``.
    """
    if len(raw) > MAX_QUERY_BYTES:
        return ""
    try:
        pairs = parse_qsl(raw, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return ""
    values = [value for given, value in pairs if given == name]
    return values[0] if len(values) == 1 else ""


def group(query: Query, name: str) -> dict[str, str]:
    """A bracketed parameter as a mapping, empty if absent. Raises if it came without brackets."""
    value = query.get(name, {})
    if isinstance(value, str):
        raise InvalidRequestError(f"{name} takes {name}[key]=value.", code="invalid_query_params")
    return value


def boolean(query: Query, name: str) -> bool:
    """``true`` or ``false``, absent is false. Raises for anything else."""
    value = text(query, name)
    if value not in {None, "", "true", "false"}:
        raise InvalidRequestError(f"{name} is true or false.", code="invalid_query_params")
    return value == "true"


def only(query: Query, *allowed: str) -> None:
    """Refuse every parameter that is not named."""
    unknown = sorted(set(query) - set(allowed))
    if unknown:
        raise InvalidRequestError(
            f"Unrecognized parameter: {unknown[0][:64]}", code="invalid_query_params"
        )


def _set_once(target: dict[str, str] | Query, name: str, value: str) -> None:
    if name in target:
        raise _duplicate(name)
    target[name] = value


def _duplicate(name: str) -> InvalidRequestError:
    return InvalidRequestError(f"{name[:64]} is given twice.", code="invalid_query_params")
