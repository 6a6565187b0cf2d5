"""Request bodies: bytes to a validated model, or an error that names fields and shows no value.

Importing this module does not import pydantic (80 ms of a cold start): a function that also
answers reads imports its models where a body is parsed.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from carrick.edge.http import Request
from carrick.errors import InvalidRequestError, ValidationFailedError

if TYPE_CHECKING:
    from carrick.models.fields import Body

MAX_DEPTH = 20
MAX_ERRORS = 20
LONGEST_NAME = 64

Model = TypeVar("Model", bound="Body")

_CODES = {
    "extra_forbidden": "unrecognized_keys",
    "missing": "invalid_type",
    "model_type": "invalid_type",
    "string_too_short": "too_small",
    "too_short": "too_small",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "string_too_long": "too_big",
    "too_long": "too_big",
    "less_than": "too_big",
    "less_than_equal": "too_big",
    "string_pattern_mismatch": "invalid_format",
    "literal_error": "invalid_value",
    "enum": "invalid_value",
    "union_tag_not_found": "invalid_union",
    "union_tag_invalid": "invalid_union",
    "value_error": "custom",
}
# pydantic's own words where they hold limits and expectations, but nothing of the input.
_SAFE_WORDS = frozenset({"too_small", "too_big", "invalid_value"})
_WORDS = {
    "invalid_type": "Invalid type",
    "invalid_format": "Invalid format",
    "invalid_union": "The type member is missing or not one of the known types",
}


def parse_body(request: Request, model: type[Model], *, optional: bool = False) -> Model:
    """The body as a model. ``optional``: an absent body is an empty object.

    Raises ``PayloadTooLargeError``; ``InvalidRequestError`` (``invalid_json``) for what is not
    JSON, is nested over 20 deep or holds a name twice; ``ValidationFailedError``
    (``invalid_body``) with codes, messages and paths in the manner of contract §1.5.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - see above

    body = request.body
    document = {} if optional and not body else _document(body)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    errors = [_shown(problem, document) for problem in found[:MAX_ERRORS]]
    raise ValidationFailedError("invalid_body", errors)


def _document(body: bytes) -> Any:
    try:
        document = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError):
        # The parser's own message quotes the body.
        raise _invalid_json("The body is not JSON.") from None
    _check(document)
    return document


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is given twice")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    """``1e999`` would be read as infinity, which no answer could hold as JSON again."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _check(document: Any) -> None:
    """Bounded depth, and no text that UTF-8 cannot hold (a lone surrogate, ``\\ud800``)."""
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise _invalid_json(f"The body is nested over {MAX_DEPTH} deep.")
        members = [member for container in level for member in _members(container)]
        if not all(_is_text(member) for member in members if isinstance(member, str)):
            raise _invalid_json("The body holds text that is not Unicode.")
        level = [member for member in members if isinstance(member, dict | list)]


def _members(container: Any) -> Iterable[Any]:
    if isinstance(container, dict):
        return (*container.keys(), *container.values())
    return container if isinstance(container, list) else ()


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _invalid_json(message: str) -> InvalidRequestError:
    return InvalidRequestError(message, code="invalid_json")


def _shown(problem: Mapping[str, Any], document: Any) -> dict[str, Any]:
    kind = str(problem["type"])
    path = _path(problem["loc"], kind, document)
    code = _CODES.get(kind, "invalid_type")
    if code == "unrecognized_keys":
        # As zod has it: the path leads to the object, the message names the member.
        return {"code": code, "message": f"Unrecognized key: {path[-1]}", "path": path[:-1]}
    if kind == "missing":
        message = "Required"
    elif code == "custom":
        message = str(problem["ctx"]["error"])
    else:
        message = str(problem["msg"]) if code in _SAFE_WORDS else _WORDS[code]
    return {"code": code, "message": message, "path": path}


def _path(location: Sequence[str | int], kind: str, document: Any) -> list[str]:
    """Where in the body. pydantic's location also names the member of a union: left out."""
    path: list[str] = []
    value = document
    for step in location:
        holds = value if isinstance(value, dict) else range(len(value or ()))
        if step in holds:
            value = value[step]
        elif kind != "missing" or step != location[-1]:
            continue
        path.append(str(step)[:LONGEST_NAME])
    return path
