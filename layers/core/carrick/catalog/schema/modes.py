"""Parts of an entry for modes beside OAuth 2: what is signed, built or registered."""

from typing import Literal

from pydantic import Field

from carrick.catalog.schema.base import Entry, Name, Templates, TemplateText, Tree
from carrick.catalog.schema.input_field import InputField


class OAuth1(Entry):
    """OAuth 1.0a (RFC 5849). The temporary credential endpoint is ``request_url``."""

    signature_method: Literal["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"] = "HMAC-SHA1"
    request_method: Literal["GET", "POST"] = "POST"
    request_params: Templates = Field({}, description="Further parameters of the first request.")
    token_method: Literal["GET", "POST"] = Field("POST")


class ClientRegistration(Entry):
    """How an MCP client comes to its client id."""

    method: Literal["dynamic", "static", "metadata_document"] = Field(
        description="RFC 7591, registered beforehand, or a client id metadata document."
    )
    params: dict[Name, str | tuple[str, ...]] = Field({}, description="Further client metadata.")


class SelfSignedToken(Entry):
    """A token that the broker builds itself (JWT, SIGNATURE)."""

    protocol: Literal["RSA", "EC", "HMAC", "WSSE"]
    signing_key: TemplateText | None = None
    secret_encoding: Literal["utf8", "hex"] = Field("utf8", description="Of an HMAC secret.")
    lifetime_seconds: int = Field(ge=1)
    header: dict[Name, Tree] = Field({})
    payload: dict[Name, Tree] = Field({})
    public_key_fingerprint: bool = Field(
        False,
        description="`${publicKeyFingerprint}` is `SHA256:` and the base64 SHA-256 of the public "
        "key in DER.",
    )


class Assertion(Entry):
    """A signed statement exchanged for a token (RFC 7521).

    It is ``${credentials.assertion}`` in the token request.
    """

    type: Literal["jwt", "saml"]
    key: TemplateText
    lifetime_seconds: int = Field(ge=1)
    header: dict[Name, Tree] = Field({}, description="JWT header.")
    payload: dict[Name, Tree] = Field({}, description="JWT claims.")
    issuer: TemplateText | None = Field(None, description="SAML issuer.")
    audience: TemplateText | None = Field(None, description="SAML audience.")
    name_identifier: TemplateText | None = Field(None, description="SAML subject.")
    recipient: TemplateText | None = Field(None, description="SAML recipient.")
    session_index: TemplateText | None = Field(None, description="SAML session.")
    attributes: dict[Name, TemplateText | bool] = Field({}, description="SAML attributes.")


class RequestSigning(Entry):
    """A signature for each request: ``kind`` names the procedure, the rest feeds it."""

    kind: Literal["aws_sigv4", "hmac", "hash", "http_message_signatures", "wsse"]
    key: TemplateText | None = None
    key_id: TemplateText | None = None
    algorithm: str | None = None
    encoding: Literal["hex", "base64"] | None = None
    encode_first: Literal["base64"] | None = Field(None, description="Applied before hashing.")
    lines: tuple[TemplateText, ...] = Field((), description="What is signed, joined.")
    token_lines: tuple[TemplateText, ...] = Field((), description="The same for the token request.")
    separator: str = ""
    sent_as: Literal["header", "basic_password"] = "header"
    header: Name | None = None
    basic_user: TemplateText | None = None
    region: TemplateText | None = Field(None, description="SigV4.")
    service: TemplateText | None = Field(None, description="SigV4.")
    assume_role: bool = Field(False, description="SigV4 with credentials from STS.")
    components: tuple[str, ...] = Field((), description="RFC 9421 covered components.")
    label: Name | None = Field(None, description="RFC 9421 signature label.")
    lifetime_seconds: int | None = Field(None, ge=1)


class OtherModesPart(Entry):
    """What the modes beside OAuth 2 add to an entry."""

    oauth1: OAuth1 | None = None
    registration: ClientRegistration | None = None
    self_signed_token: SelfSignedToken | None = None
    assertion: Assertion | None = None
    assertion_option: dict[Name, InputField] = Field(
        {}, description="Inputs of an assertion; used once and not stored."
    )
    request_signing: RequestSigning | None = None
    secondary_auth_mode: Literal["BASIC"] | None = Field(
        None, description="How an installed plug-in's requests are authorized (INSTALL_PLUGIN)."
    )
