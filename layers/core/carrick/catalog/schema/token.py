"""Parts of an entry about the token request, its answer, refresh and revocation."""

from typing import Literal

from pydantic import Field

from carrick.catalog.schema.base import Entry, Name, Templates, TemplateText, Tree, UrlTemplate

BodyFormat = Literal["form", "json", "query", "xml"]
Method = Literal["GET", "POST", "PUT", "DELETE"]


class TokenResponse(Entry):
    """Where a token answer holds what. Paths are dotted; digits index into lists."""

    access_token_path: str = Field(
        "access_token", description="Empty: the whole body is the token."
    )
    token_object_path: str | None = Field(
        None, description="Object that holds the token when the top level has none."
    )
    refresh_token_path: str = Field("refresh_token")
    expires_path: str = Field("expires_in", description="Life or moment of expiry.")
    expires: Literal["in", "at"] = Field("in", description="A life, or a moment.")
    headers: tuple[Name, ...] = Field((), description="Response headers kept with the credentials.")
    cookies: bool = Field(False, description="The session is in cookies: keep them.")
    further_tokens: dict[Name, str] = Field(
        {},
        description="Further tokens, each with an end and a refresh token of its own: name to the "
        "object that holds one. Shown as `credentials.further_tokens`.",
    )


class TokenStep(Entry):
    """A later call of a token chain. ``${step1.x}`` is field x of the first answer."""

    token_url: TemplateText = Field(description="May begin with a value of an earlier answer.")
    method: Method = "POST"
    headers: Templates = Field({})
    params: Templates = Field({})
    body_format: BodyFormat = "form"


class TokenPart(Entry):
    """How a grant becomes credentials, and how they are renewed and given back."""

    token_url: UrlTemplate | None = Field(None, description="Token endpoint.")
    token_url_fallbacks: tuple[UrlTemplate, ...] = Field(
        (), description="Tried in turn when a value of the one before is not given."
    )
    app_token_url: UrlTemplate | None = Field(
        None, description="Token endpoint of the app part (APP, CUSTOM)."
    )
    token_endpoint_auth_method: Literal[
        "client_secret_basic",
        "client_secret_basic_raw",
        "client_secret_post",
        "none",
        "private_key_jwt",
    ] = Field(
        "client_secret_post",
        description="RFC 7591 §2. `client_secret_basic_raw` is Basic without the form encoding "
        "that RFC 6749 §2.3.1 asks for.",
    )
    client_certificate_required: bool = Field(False, description="Mutual TLS (RFC 8705).")
    client_secret_format: Literal["text", "signed_jwt_es256"] = Field(
        "text", description="What the client secret is: itself, or a key that signs one."
    )
    token_method: Literal["GET", "POST"] = Field("POST")
    token_body_format: BodyFormat = Field("form")
    token_headers: Templates = Field({}, description="Further headers.")
    token_params: Templates = Field({}, description="Further parameters of exchange and issue.")
    token_param_renames: dict[Name, str] = Field(
        {}, description="Standard parameter to the provider's name; an empty name leaves it out."
    )
    token_body: Tree | None = Field(
        None, description="Whole body where it is a tree (TWO_STEP); replaces the parameters."
    )
    token_response: TokenResponse = Field(
        TokenResponse(), description="Where the answer holds what."
    )
    additional_steps: tuple[TokenStep, ...] = Field((), description="Later calls, in order.")
    expires_in_unit: Literal["seconds", "milliseconds"] = Field("seconds")
    token_lifetime_seconds: int | None = Field(
        None, ge=0, description="Assumed life when the answer has none; 0 means for ever."
    )
    token_expiration_buffer_seconds: int | None = Field(
        None, ge=0, description="Refresh so long before expiry; otherwise the general margin."
    )
    token_response_metadata: tuple[str, ...] = Field(
        (), description="Paths in the token answer kept as connection config, under the path."
    )
    account_id_paths: tuple[str, ...] = Field(
        (),
        description="What tells one account from another on reconnect: each a path in the token "
        "answer, or else a name in connection config. All of them together are the account.",
    )
    refresh_supported: bool = Field(True, description="False: no refresh grant; people reconnect.")
    refresh_url: UrlTemplate | None = Field(None, description="Where it is not the token endpoint.")
    refresh_params: Templates = Field({}, description="Further parameters of a refresh.")
    refresh_headers: Templates = Field({}, description="Further headers of a refresh.")
    refresh_token_idle_seconds: int | None = Field(
        None, ge=1, description="A refresh token dies when it is not used for so long."
    )
    rotates_refresh_tokens: bool = Field(
        False, description="A refresh can invalidate the refresh token that was sent."
    )
    reuse_revokes_family: bool = Field(
        False, description="Sending a used refresh token revokes all (RFC 9700 §4.14): never probe."
    )
    rotation_grace_seconds: int = Field(
        0, ge=0, description="A used refresh token still works for so long."
    )
    revocation_url: UrlTemplate | None = Field(
        None, description="Revocation endpoint (RFC 7009), called as the token endpoint is."
    )
    revocation_url_fallbacks: tuple[UrlTemplate, ...] = Field(())
    introspection_url: UrlTemplate | None = Field(
        None, description="Introspection endpoint (RFC 7662), for lives that no answer tells."
    )
    introspection_url_fallbacks: tuple[UrlTemplate, ...] = Field(())
