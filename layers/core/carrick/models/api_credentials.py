"""Bodies of the endpoints that take credentials (contract §4.5, §4.6, §6.1)."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from carrick.models.fields import Body

Text = Annotated[str, StringConstraints(max_length=1024)]
Required = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Pem = Annotated[str, StringConstraints(max_length=32_768)]


class ApiKey(Body):
    """API_KEY."""

    apiKey: Required  # noqa: N815 - the clients' name


class Basic(Body):
    """BASIC: either may be empty, both are sent."""

    username: Text
    password: Text


class ClientCredentials(Body):
    """OAUTH2_CC: a client of the person's own."""

    client_id: Text = ""
    client_secret: Annotated[str, StringConstraints(max_length=32_768)] = ""
    client_certificate: Pem = ""
    client_private_key: Pem = ""


class _Declared(Body):
    """Fields that the provider's entry declares; they are checked against it."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[str, Pem] = Field(init=False)


class TwoStep(_Declared):
    """TWO_STEP. ``assertionOption`` holds what is used once and not stored."""

    type: Literal["TWO_STEP"] = "TWO_STEP"
    assertionOption: dict[str, Pem] = {}  # noqa: N815 - the clients' name


class Jwt(_Declared):
    """JWT."""

    type: Literal["JWT"] = "JWT"


class Signature(Body):
    """SIGNATURE."""

    type: Literal["SIGNATURE"]
    username: Required
    password: Required


class TokenBased(Body):
    """TBA: a token made by hand, and perhaps a client of the person's own."""

    token_id: Required
    token_secret: Required
    oauth_client_id_override: Text = ""
    oauth_client_secret_override: Text = ""


class Bill(Body):
    """BILL."""

    username: Required
    password: Required
    organization_id: Required
    dev_key: Required


class AwsRole(Body):
    """AWS_SIGV4: a role to assume."""

    role_arn: Annotated[
        str,
        StringConstraints(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]{1,512}$"),
    ]
    region: Annotated[str, StringConstraints(max_length=32)] = ""


class Nothing(Body):
    """No member at all."""


def submitted(body: Body) -> dict[str, str]:
    """The members that were sent, ``type`` and ``assertionOption`` left out."""
    members: dict[str, str] = body.model_dump(
        exclude_unset=True, exclude={"type", "assertionOption"}
    )
    return members
