"""Path parameters, and what a query may repeat."""

import re
from urllib.parse import parse_qsl

from carrick.edge.http import Request
from carrick.edge.query import MAX_PARAMETERS, MAX_QUERY_BYTES
from carrick.errors import InvalidRequestError, PayloadTooLargeError, ValidationFailedError


def path_parameter(request: Request, name: str, pattern: str) -> str:
    """A path parameter that has the form of ``models.patterns``.

    Raises ``ValidationFailedError`` (``invalid_uri_params``): what cannot be an identifier reaches
    no key of a table.
    """
    value = request.path.get(name, "")
    if not re.fullmatch(pattern, value):
        problem = {"code": "invalid_format", "message": "Invalid format", "path": [name]}
        raise ValidationFailedError("invalid_uri_params", [problem])
    return value


def choices(request: Request, name: str, *allowed: str) -> frozenset[str]:
    """The values of the one parameter of this query, which may be given several times.

    Raises ``InvalidRequestError`` (``invalid_query_params``) for another parameter or value.
    """
    if len(request.raw_query) > MAX_QUERY_BYTES:
        raise PayloadTooLargeError("The query string is over 16 KiB.")
    try:
        pairs = parse_qsl(request.raw_query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise InvalidRequestError(
            "The query string cannot be read.", code="invalid_query_params"
        ) from error
    if any(given != name or value not in allowed for given, value in pairs):
        raise InvalidRequestError(
            f"The query takes {name}, one of: {', '.join(allowed)}", code="invalid_query_params"
        )
    return frozenset(value for _, value in pairs)
