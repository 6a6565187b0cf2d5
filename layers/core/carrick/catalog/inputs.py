"""What is supplied for a provider, checked against the entry's declarations."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from carrick.catalog import hosts
from carrick.catalog.formats import HOST_FORMATS, invalid, validate
from carrick.errors import FlowError

if TYPE_CHECKING:
    from carrick.catalog.schema import InputField, Provider

MOST_UNDECLARED = 50
LONGEST_UNDECLARED_NAME = 64
LONGEST_UNDECLARED_VALUE = 255


def connection_config(
    provider: "Provider", supplied: Mapping[str, object], *, accept_automated: bool = False
) -> dict[str, str]:
    """Connection config as it is to be stored: checked, with defaults filled in.

    Values that are no text, and empty ones, count as not given. Undeclared names are kept if they
    are short plain text, since callers read them back; they never reach a URL. Values of
    ``automated`` fields come from the provider and are dropped, unless ``accept_automated`` says
    that the caller may set them (an import by the backend).

    Raises ``InvalidRequestError`` (``invalid_connection_config``) for a value that does not fit,
    ``FlowError`` (``url_param_err``) for a required one that is missing.
    """
    fields = provider.connection_config
    given = {name: value for name, value in supplied.items() if isinstance(value, str) and value}
    config = _undeclared(given, fields)
    for name, field in fields.items():
        value = given.get(name) if accept_automated or not field.automated else None
        value = value or field.default
        if value is not None:
            config[name] = checked(name, field, value)
        elif not field.optional and not field.automated:
            raise FlowError(f"A value is missing: connectionConfig.{name}.", code="url_param_err")
    return config


def checked(name: str, field: "InputField", value: str) -> str:
    """One value, checked as its field says, in its normal form.

    Raises ``InvalidRequestError`` (``invalid_connection_config``), which names the field only.
    """
    normal = validate(field.format, value, name)
    if field.enum and normal not in field.enum:
        raise invalid(name, "must be one of the listed values")
    if field.hosts and not hosts.is_allowed(_authority(field.format, normal), field.hosts):
        raise invalid(name, "names a host that this provider does not have")
    if field.starts_with and not normal.startswith(field.starts_with):
        raise invalid(name, "does not begin as it should")
    if not (field.min_length or 0) <= len(normal) <= (field.max_length or len(normal)):
        raise invalid(name, "is too short or too long")
    return normal


def _undeclared(given: Mapping[str, str], fields: Mapping[str, object]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in given.items()
        if name not in fields
        and len(name) <= LONGEST_UNDECLARED_NAME
        and len(value) <= LONGEST_UNDECLARED_VALUE
        and name.isprintable()
        and value.isprintable()
    }
    return dict(list(kept.items())[:MOST_UNDECLARED])


def _authority(format: str, value: str) -> str:
    """Host with port: where hosts are listed, another port is another host."""
    authority = value if format in HOST_FORMATS else urlsplit(value).netloc
    return authority.partition("/")[0].lower()
