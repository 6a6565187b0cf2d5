"""One thing that a person, a customer or the flow fills in."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from carrick.catalog.formats import FORMATS, HOST_FORMATS
from carrick.catalog.hosts import is_hostname
from carrick.catalog.schema.base import Entry, Name, WebLink


def _format_name(name: str) -> str:
    if name not in FORMATS:
        raise ValueError(f"no such format; the formats are {', '.join(FORMATS)}")
    return name


def _allowed_host(entry: str) -> str:
    if not is_hostname(entry.removeprefix(".")):
        raise ValueError("a host, or a suffix of two labels or more that begins with a dot")
    return entry


class Condition(Entry):
    """Shows a field only when another one has a value."""

    field: Name
    equals: str


class InputField(Entry):
    """An input: its format, how a form asks for it, and what bounds it."""

    format: Annotated[str, AfterValidator(_format_name)] = Field(
        "text", description="One of the named formats."
    )
    title: str = Field("", description="Label in a form.")
    description: str = Field("", description="Help below the field: where to find the value.")
    example: str = Field("", description="Shown in the empty field.")
    default: str | None = Field(None, description="Used when nothing is given.")
    optional: bool = Field(False, description="May be left out.")
    secret: bool = Field(False, description="Masked in forms, sealed, never shown again.")
    hidden: bool = Field(False, description="Not asked for; set by a default or by the backend.")
    automated: bool = Field(
        False, description="Filled from the provider's answers; nobody is asked, nobody may set it."
    )
    prefix: str = Field("", description="Shown before the field; not part of the value.")
    suffix: str = Field("", description="Shown after the field; not part of the value.")
    enum: tuple[str, ...] = Field((), description="The only values there are.")
    hosts: tuple[Annotated[str, AfterValidator(_allowed_host)], ...] = Field(
        (),
        description="For a host or URL: the hosts it may name. A leading dot allows what is below.",
    )
    self_hosted: bool = Field(
        False,
        description="The host is the person's own. A secret of the operator's is sent there only "
        "if the integration allows that host.",
    )
    starts_with: tuple[str, ...] = Field((), description="What a value may begin with.")
    min_length: int | None = Field(None, ge=1, description="In characters.")
    max_length: int | None = Field(None, ge=1, description="In characters.")
    order: int | None = Field(None, description="Place in the form, smallest first.")
    docs_section: str = Field("", description="Anchor in the entry's `docs_connect` page.")
    docs: WebLink | None = Field(None, description="The vendor's page about this value.")
    warnings: dict[str, str] = Field({}, description="Text shown when a value is chosen.")
    visible_when: Condition | None = Field(None, description="Asked only then.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.format == "enum") != bool(self.enum):
            raise ValueError("`enum` lists the values of format enum, and of no other")
        if (self.hosts or self.self_hosted) and self.format not in _HOST_BEARING:
            raise ValueError("only what begins with a host has hosts")
        if self.hosts and self.self_hosted:
            raise ValueError("hosts are listed, or they are the person's own")
        return self

    @property
    def bounds_host(self) -> bool:
        """Whether the declaration itself says which hosts a value can lead to."""
        return bool(self.enum or self.hosts or self.self_hosted)


_HOST_BEARING = frozenset({*HOST_FORMATS, "url"})
