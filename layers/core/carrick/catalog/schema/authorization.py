"""Parts of an entry about the authorization request (RFC 6749 §4.1.1-2)."""

from typing import Literal

from pydantic import Field

from carrick.catalog.schema.base import Entry, Name, Templates, UrlTemplate


class AuthorizationPart(Entry):
    """Where the browser is sent, with what, and what comes back."""

    authorization_url: UrlTemplate | None = Field(None, description="Authorization endpoint.")
    authorization_url_fallbacks: tuple[UrlTemplate, ...] = Field(
        (), description="Tried in turn when a value of the one before is not given."
    )
    issuer: str | None = Field(
        None, description="Issuer identifier, compared exactly with `iss` (RFC 9207)."
    )
    iss_parameter: bool = Field(
        False,
        description="The authorization response must hold `iss`: only if the metadata advertises "
        "`authorization_response_iss_parameter_supported`.",
    )
    pushed_authorization_request_url: UrlTemplate | None = Field(
        None, description="Pushed authorization request endpoint (RFC 9126)."
    )
    require_pushed_authorization_requests: bool = Field(
        False, description="The server takes no other authorization request (RFC 9126 §5)."
    )
    request_url: UrlTemplate | None = Field(
        None, description="Temporary credential endpoint (OAUTH1, RFC 5849 §2.1)."
    )
    registration_url: UrlTemplate | None = Field(
        None, description="Client registration endpoint (RFC 7591)."
    )
    pkce: bool = Field(
        True, description="Send an S256 challenge (RFC 7636). Off only where it breaks the flow."
    )
    resource: str | None = Field(None, description="Resource indicator (RFC 8707).")
    dpop: bool = Field(False, description="Tokens are bound to a key (RFC 9449).")
    scope_separator: Literal[" ", ",", "+", ";", "|"] = Field(
        " ", description="Stands between scopes in the authorization request."
    )
    default_scopes: tuple[str, ...] = Field(
        (), description="Asked for when the integration names none."
    )
    authorization_params: Templates = Field({}, description="Further parameters.")
    param_renames: dict[Name, str] = Field(
        {},
        description="Standard parameter of the authorization request to the provider's name for "
        "it; an empty name leaves it out.",
    )
    authorization_fragment: str | None = Field(
        None, description="Route in the fragment; the parameters follow it: `#/route?...`."
    )
    authorization_skip_empty: bool = Field(False, description="Leave out empty parameters.")
    authorization_scope_unencoded: bool = Field(
        False, description="The scope parameter is not percent-encoded."
    )
    authorization_unencoded: bool = Field(
        False, description="No parameter is percent-encoded: the URL is sent decoded."
    )
    response_mode: Literal["query", "form_post"] = Field(
        "query", description="How the response comes: redirect, or a form posted by the browser."
    )
    code_param: Name = Field("code", description="Name of the code in the callback.")
    redirect_uri_metadata: tuple[str, ...] = Field(
        (), description="Callback parameters kept as connection config, under their own name."
    )
    installation: Literal["outbound"] | None = Field(
        None, description="The flow starts in the provider's marketplace and ends by webhook."
    )
    webhook_code_path: str | None = Field(
        None, description="Where the installation webhook holds the code."
    )
    webhook_metadata: tuple[str, ...] = Field(
        (), description="Paths in the installation webhook, kept as connection config."
    )
    webhook_match: dict[Name, str] = Field(
        {},
        description="Connection config that the session presets, to where the installation webhook "
        "holds the same: which connection it completes.",
    )
