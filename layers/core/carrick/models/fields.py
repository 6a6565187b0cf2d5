"""Field types that the request bodies share (contract §1.7), and what all bodies are.

A member that may be left out has a default of its own type, and ``given`` tells what was sent: so
``null`` is refused where the contract knows no ``null``.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from carrick.models import patterns


class Body(BaseModel):
    """Base of every request body: an unknown member is an error, and nothing is converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    def given(self) -> dict[str, Any]:
        """The members that the caller sent, in objects below too."""
        members = {name: getattr(self, name) for name in self.model_fields_set}
        return {
            name: value.given() if isinstance(value, Body) else value
            for name, value in members.items()
        }


def _text(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=f"^{pattern}$")


def _addressable(text: str) -> str:
    if text in {".", ".."}:
        raise ValueError("Cannot be a segment of a path")
    return text


UniqueKey = Annotated[str, _text(patterns.UNIQUE_KEY), AfterValidator(_addressable)]
"""Names an integration: ``unique_key``, ``provider_config_key``. It stands in the callback path."""

ConnectionId = Annotated[str, _text(patterns.CONNECTION_ID)]
"""Names a connection of an integration."""

ProviderName = Annotated[str, _text(patterns.PROVIDER)]
"""Key of a catalog entry."""

EnvironmentName = Annotated[str, _text(patterns.ENVIRONMENT_NAME)]
"""Name of an environment."""

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=255)]
"""A display name, and whatever else has 1 to 255 characters."""

Url = Annotated[str, StringConstraints(max_length=2048)]
"""A URL, or empty for none. ``domain.customer_urls`` says which are good for what."""

TagKey = Annotated[str, _text(patterns.TAG_KEY)]
"""Name of a tag."""

TagValue = ShortText
"""Value of a tag."""
