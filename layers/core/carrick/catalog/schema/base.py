"""What all parts of an entry share: strictness, and the types of templates."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue, StringConstraints

from carrick.catalog.authority import split_authority
from carrick.catalog.templates import Reference, malformed, parse
from carrick.errors import CarrickError


class Entry(BaseModel):
    """Base of every part of an entry: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def _template(text: str) -> str:
    try:
        parse(text)
    except CarrickError as error:
        raise ValueError(error.message) from None
    return text


def _url_template(text: str) -> str:
    try:
        nodes = parse(text)
        if not (nodes and isinstance(nodes[0], Reference)):
            split_authority(nodes)
        if "#" in text:
            raise malformed("a URL has no fragment")
    except CarrickError as error:
        raise ValueError(error.message) from None
    return text


def _tree(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return _template(value)
    if isinstance(value, dict):
        return {key: _tree(part) for key, part in value.items()}
    return [_tree(part) for part in value] if isinstance(value, list) else value


def _web_link(text: str) -> str:
    if not text.startswith("https://") or not text.isprintable() or " " in text:
        raise ValueError("a link begins with https://")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A parameter, header or field by the provider's name for it."""

TemplateText = Annotated[str, AfterValidator(_template)]
"""Text with placeholders."""

UrlTemplate = Annotated[str, AfterValidator(_url_template)]
"""A URL with placeholders: https, or http on a loopback name written in full."""

Templates = dict[Name, TemplateText]
"""Parameters or headers, by name."""

Tree = Annotated[JsonValue, AfterValidator(_tree)]
"""A JSON value whose texts are templates."""

WebLink = Annotated[str, AfterValidator(_web_link)]
"""A link for people."""
