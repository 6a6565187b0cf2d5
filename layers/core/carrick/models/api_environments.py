"""Bodies of ``/environments`` and of the keys below it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from carrick.models import patterns
from carrick.models.fields import Body, EnvironmentName, ShortText, Url
from carrick.models.scopes import is_grantable

DAY_SECONDS = 86_400


def _grantable(scope: str) -> str:
    if not is_grantable(scope):
        raise ValueError("Not a scope that a key can have")
    return scope


class CreateEnvironment(Body):
    """``POST /environments``."""

    name: EnvironmentName


class WebhookChanges(Body):
    """Webhook endpoints and switches (contract §10.1); an empty URL removes the endpoint."""

    primary_url: Url = ""
    secondary_url: Url = ""
    on_auth_creation: bool = True
    on_auth_refresh_error: bool = True
    on_connection_deletion: bool = True


Color = Annotated[str, StringConstraints(pattern=f"^({patterns.COLOR})?$")]
Logo = Annotated[str, StringConstraints(pattern=f"^({patterns.LOGO})?$", max_length=32_768)]


class ConnectUiChanges(Body):
    """How the Connect page looks; an empty text takes a setting back."""

    application_name: Annotated[str, StringConstraints(max_length=100)] = ""
    logo: Logo = ""
    default_theme: Literal["light", "dark", "system"] = "system"
    light_primary: Color = ""
    dark_primary: Color = ""
    show_watermark: bool = True


class UpdateEnvironment(Body):
    """``PATCH /environments/{id}``. ``callback_url`` null or empty means Carrick's own."""

    name: EnvironmentName = ""
    callback_url: Url | None = None
    webhooks: WebhookChanges = WebhookChanges()
    connect_ui: ConnectUiChanges = ConnectUiChanges()


class CreateApiKey(Body):
    """``POST /environments/{id}/api-keys``."""

    display_name: ShortText
    scopes: list[Annotated[str, Field(max_length=255), AfterValidator(_grantable)]] = Field(
        min_length=1, max_length=50
    )


class RotateSigningKey(Body):
    """``POST /environment/webhook-signing-key/rotate``: how long the old key signs beside it."""

    overlap_seconds: int = Field(default=DAY_SECONDS, ge=0, le=30 * DAY_SECONDS)
