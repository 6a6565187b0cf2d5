"""Bodies of the endpoints that take credentials (contract §4.5, §4.6, §6.1)."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, StringConstraints

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


class Open(Body):
    """Fields that the provider's entry declares; which those are is checked against it."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[str, Pem | dict[str, Text]]


class TwoStep(Open):
    """TWO_STEP."""

    type: Literal["TWO_STEP"] = "TWO_STEP"


class Jwt(Open):
    """JWT."""

    type: Literal["JWT"] = "JWT"


class Signature(Body):
    """SIGNATURE."""

    type: Literal["SIGNATURE"]
    username: Required
    password: Required


class Tba(Body):
    """TBA: a NetSuite token, and a client of the person's own if there is one."""

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


class AwsSigv4(Body):
    """AWS_SIGV4."""

    role_arn: Required
    region: Text = ""


class Nothing(Body):
    """No member at all."""


def submitted(body: Body) -> dict[str, str]:
    """The members that hold text, ``type`` left out; nested ones by dotted name."""
    members: dict[str, Any] = body.model_dump(exclude_unset=True)
    members.pop("type", None)
    flat = {name: value for name, value in members.items() if isinstance(value, str)}
    for name, value in members.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": text for inner, text in value.items()}
    return flat
