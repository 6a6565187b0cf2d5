"""Bodies of ``/integrations`` (contract §8.1), and Carrick's own members of them.

``callback_url`` replaces the environment's for one integration; ``allowed_hosts`` are the hosts
that the client secret may go to where the end user names the host.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from carrick.catalog.hosts import is_hostname
from carrick.models.fields import Body, ProviderName, ShortText, UniqueKey, Url
from carrick.models.integration import ClientCredentials, IntegrationChanges

_SCOPE = "[0-9a-zA-Z:/_.*-]+"

Secret = Annotated[str, StringConstraints(min_length=1, max_length=8192), Field(repr=False)]
Scopes = Annotated[
    str, StringConstraints(max_length=8192, pattern=f"^(?:{_SCOPE}(?:,{_SCOPE})*)?$")
]
Values = Annotated[
    dict[ShortText, Annotated[str, StringConstraints(max_length=8192)]],
    Field(max_length=50, repr=False),
]


def _host(text: str) -> str:
    if not is_hostname(text.removeprefix(".")):
        raise ValueError("Not a host name in lower case, nor one after a dot")
    return text


PrivateKey = Annotated[str, StringConstraints(max_length=16384), Field(repr=False)]
Host = Annotated[str, StringConstraints(max_length=254), AfterValidator(_host)]


class OauthCredentials(Body):
    """A client of OAuth 2, OAuth 1 or TBA. A public client has no secret."""

    type: Literal["OAUTH1", "OAUTH2", "TBA"]
    client_id: ShortText
    client_secret: Secret = ""
    scopes: Scopes = ""
    webhook_secret: Annotated[str, StringConstraints(max_length=255), Field(repr=False)] = ""


class McpCredentials(Body):
    """A client of an MCP server's, if it was registered beforehand; and scopes in any case."""

    type: Literal["MCP_OAUTH2", "MCP_OAUTH2_GENERIC"]
    client_id: Annotated[str, StringConstraints(max_length=2048)] = ""
    client_secret: Secret = ""
    scopes: Scopes = ""


class AppCredentials(Body):
    """An app that signs with a key of its own."""

    type: Literal["APP"]
    app_id: ShortText
    app_link: ShortText
    private_key: PrivateKey


class CustomCredentials(Body):
    """An app that is an OAuth client too."""

    type: Literal["CUSTOM"]
    client_id: ShortText
    client_secret: Secret
    app_id: ShortText
    app_link: ShortText
    private_key: PrivateKey


class PluginCredentials(Body):
    """A plug-in, and the pair that its requests are made with."""

    type: Literal["INSTALL_PLUGIN"]
    app_link: Url
    username: ShortText
    password: Secret


Credentials = Annotated[
    OauthCredentials | McpCredentials | AppCredentials | CustomCredentials | PluginCredentials,
    Field(discriminator="type"),
]


class _IntegrationBody(Body):
    display_name: ShortText = ""
    forward_webhooks: bool = True
    # Absent, but never null: read it only from what is given.
    credentials: Credentials = Field(default=None)  # type: ignore[assignment]
    integration_config: Values = {}
    custom: Values = {}
    callback_url: Url = ""
    allowed_hosts: Annotated[list[Host], Field(max_length=100)] = []

    def changes(self) -> IntegrationChanges:
        """What is given, under our own names."""
        given: dict[str, Any] = self.given()
        given.pop("provider", None)
        if "unique_key" in given:
            given["integration_id"] = given.pop("unique_key")
        if "credentials" in given:
            names = {"username": "client_id", "password": "client_secret"}
            members = given["credentials"].items()
            renamed = {names.get(name, name): value for name, value in members}
            given["credentials"] = ClientCredentials(**renamed)
        if "allowed_hosts" in given:
            given["allowed_hosts"] = tuple(given["allowed_hosts"])
        return IntegrationChanges(**given)


class CreateIntegration(_IntegrationBody):
    """``POST /integrations``."""

    provider: ProviderName
    unique_key: UniqueKey


class UpdateIntegration(_IntegrationBody):
    """``PATCH /integrations/{unique_key}``."""

    unique_key: UniqueKey = ""
