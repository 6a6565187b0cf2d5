"""An entry of the catalog: everything the broker knows about one provider."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from carrick.catalog.auth_modes import AuthMode
from carrick.catalog.corroboration import LEVELS
from carrick.catalog.schema.api import ApiPart
from carrick.catalog.schema.authorization import AuthorizationPart
from carrick.catalog.schema.base import Entry, Name, WebLink
from carrick.catalog.schema.input_field import InputField
from carrick.catalog.schema.modes import OtherModesPart
from carrick.catalog.schema.token import TokenPart

ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,99}\z")]


def _level(name: str) -> str:
    if name not in LEVELS:
        raise ValueError(f"no such level; the levels are {', '.join(LEVELS)}")
    return name


class IdentityPart(Entry):
    """What the provider is called, and where its facts come from."""

    name: ProviderName = Field(description="Key of the provider: the name of its file.")
    display_name: str = Field(min_length=1, max_length=100)
    categories: tuple[Name, ...] = Field((), description="Labels for the picker.")
    docs: WebLink | None = Field(None, description="The vendor's page on authorization.")
    docs_connect: WebLink | None = Field(None, description="Guide for the person who connects.")
    setup_guide_url: WebLink | None = Field(None, description="Guide for registering a client.")
    auth_mode: AuthMode
    extends: ProviderName | None = Field(
        None, description="Entry that this one adds to or changes; one level."
    )
    sources: tuple[Name, ...] = Field(
        (),
        description="Public catalogs that agree on the endpoints (`corroboration.CATALOGS`).",
    )
    corroboration: Annotated[str, AfterValidator(_level)] | None = Field(
        None,
        description="How far they agree. Absent: written from the vendor's page (`docs`).",
    )
    quirks: tuple[Name, ...] = Field(
        (), description="Named behaviours that data cannot express (`quirks.QUIRKS`)."
    )


class InputsPart(Entry):
    """What is filled in, by whom."""

    connection_config: dict[Name, InputField] = Field(
        {}, description="Per connection; may stand in URLs."
    )
    credentials: dict[Name, InputField] = Field(
        {}, description="Per connection; sealed. Over what the mode asks for (`mode_inputs`)."
    )
    integration_config: dict[Name, InputField] = Field(
        {}, description="Per integration, by the customer."
    )


class Provider(IdentityPart, AuthorizationPart, TokenPart, InputsPart, OtherModesPart, ApiPart):
    """One entry, with what it extends merged in. Immutable."""

    @model_validator(mode="after")
    def _has_endpoints(self) -> Self:
        needs_authorization = self.auth_mode in (AuthMode.OAUTH1, AuthMode.OAUTH2)
        needs_token = needs_authorization or self.auth_mode is AuthMode.OAUTH2_CC
        if needs_authorization and self.installation is None and not self.authorization_url:
            raise ValueError(f"{self.auth_mode} needs authorization_url")
        if needs_token and not self.token_url:
            raise ValueError(f"{self.auth_mode} needs token_url")
        if self.iss_parameter and not self.issuer:
            raise ValueError("iss_parameter needs issuer")
        return self
