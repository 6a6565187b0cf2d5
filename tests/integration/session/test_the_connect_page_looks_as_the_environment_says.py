"""``connect_ui`` of the environment becomes ``connectUISettings`` of its sessions."""

from typing import Any

import pytest

from tests.support.calls import call, error_of
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant

LOGO = "data:image/png;base64,iVBORw0KGgo="


def settings_of(tenant: Tenant) -> dict[str, Any]:
    answer = call(tenant.stack, tenant.session(), "GET", "/connect/session")
    settings: dict[str, Any] = answer.json()["data"]["connectUISettings"]
    return settings


def change(tenant: Tenant, connect_ui: dict[str, Any]) -> Any:
    return tenant.root(
        "PATCH", f"/environments/{tenant.environment_id}", {"connect_ui": connect_ui}
    )


def test_what_is_set_is_shown_and_the_rest_stays(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    assert change(tenant, {"application_name": "Acme", "logo": LOGO}).status == 200
    changed = change(tenant, {"light_primary": "#aa0000", "show_watermark": False})
    assert changed.json()["data"]["connect_ui"]["application_name"] == "Acme"
    assert settings_of(tenant) == {
        "applicationName": "Acme",
        "logo": LOGO,
        "showWatermark": False,
        "defaultTheme": "system",
        "theme": {"light": {"primary": "#aa0000"}, "dark": {"primary": "#7AB4FF"}},
    }


def test_an_environment_of_before_looks_as_it_did(stack: RunningStack) -> None:
    tenant = Tenant(stack)
    key = {"pk": tenant.environment_id, "sk": "environment"}
    stack.update("EnvironmentsTable", key, connect_ui=None)
    assert settings_of(tenant)["showWatermark"] is True
    assert change(tenant, {"default_theme": "dark"}).status == 200
    assert settings_of(tenant)["defaultTheme"] == "dark"


@pytest.mark.parametrize(
    "wrong",
    [
        {"logo": "https://evil.example/logo.png"},
        {"logo": "data:text/html;base64,PGI+"},
        {"light_primary": "red;"},
        {"default_theme": "neon"},
        {"other": 1},
    ],
)
def test_what_the_page_could_not_show_safely_is_refused(
    stack: RunningStack, wrong: dict[str, Any]
) -> None:
    assert error_of(change(Tenant(stack), wrong)) == (400, "invalid_body")
