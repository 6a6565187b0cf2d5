from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.tenant import Tenant


def start(tenant: Tenant, query: str, **defaults: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """What the provider is asked for, and the flow, with these presets and this query."""
    presets = {"integrations_config_defaults": {"test": defaults}} if defaults else {}
    started = tenant.start(tenant.session(**presets), query=query)
    assert started.status == 302, started.text
    (flow,) = tenant.stack.items("FlowsTable")
    return dict(parse_qsl(urlsplit(started.headers["location"]).query)), flow


def test_the_browser_adds_what_no_preset_says(tenant: Tenant) -> None:
    params, flow = start(
        tenant,
        "&params%5Bregion%5D=eu&params[note]=a b&authorization_params[prompt]=login"
        "&authorization_params[scope]=admin&authorization_params[Scope]=admin&user_scope=admin",
    )
    assert (params["prompt"], params["scope"]) == ("login", "read write")
    assert "user_scope" not in params
    assert "admin" not in str(params)
    assert flow["connection_config"] == {"region": "eu", "note": "a b"}


def test_presets_replace_authorization_params_and_lie_over_config(tenant: Tenant) -> None:
    params, flow = start(
        tenant,
        "&params[region]=eu&params[note]=x&authorization_params[prompt]=login"
        "&authorization_params[user_scope]=admin",
        user_scopes="identify",
        authorization_params={"login_hint": "ada"},
        connection_config={"region": "us", "oauth_scopes_override": "profile,email"},
    )
    assert params["login_hint"] == "ada"
    assert "prompt" not in params
    assert params["user_scope"] == "identify"
    assert params["scope"] == "profile email"
    assert flow["connection_config"] == {"region": "us", "note": "x"}
    assert flow["requested_scopes"] == ["profile", "email"]


def test_the_text_undefined_takes_a_parameter_out(tenant: Tenant) -> None:
    params, _ = start(tenant, "&authorization_params[prompt]=undefined")
    assert "prompt" not in params


def test_a_customers_settings_are_not_the_browsers(tenant: Tenant) -> None:
    names = (
        "webhook_url",
        "oauth_scopes_override",
        "oauth_client_id_override",
        "oauth_client_secret_override",
        "oauth_refresh_token_override",
    )
    params, flow = start(tenant, "".join(f"&params[{name}]=evil" for name in names))
    assert "evil" not in f"{params} {flow}"


def test_long_and_unprintable_params_are_not_kept(tenant: Tenant) -> None:
    _, flow = start(
        tenant, f"&params[long]={'x' * 256}&params[line]=a%0Ab&params[{'n' * 65}]=x&params[ok]=1"
    )
    assert flow["connection_config"] == {"ok": "1"}
