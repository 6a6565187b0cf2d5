from typing import Any

import pytest
from pydantic import ValidationError

from carrick.models.api_sessions import (
    CreateReconnectSession,
    CreateSession,
    EndUser,
    Telemetry,
)
from carrick.models.session import IntegrationDefaults, SessionRequest

RECONNECT = {"connection_id": "c-1", "integration_id": "github"}


def request(**body: Any) -> SessionRequest:
    return CreateSession.model_validate({"tags": {}, **body}).request()


def refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        CreateSession.model_validate({"tags": {}, **body})
    assert "canary-secret" not in str(raised.value)


def test_tags_alone_are_enough_and_no_one_is_not() -> None:
    assert request().tags == {}
    assert CreateSession.model_validate({"end_user": {"id": "u"}}).request().tags is None
    with pytest.raises(ValidationError):
        CreateSession.model_validate({})
    with pytest.raises(ValidationError):
        CreateSession.model_validate({"organization": {"id": "o"}})


@pytest.mark.parametrize(
    "tags",
    [
        {"a" * 64: "x" * 255},
        {"a.b/c-d_e": "v"},
        {f"t{n}": "v" for n in range(10)},
        {"end_user_email": "a@b.c"},
    ],
)
def test_tags_that_fit(tags: dict[str, str]) -> None:
    assert request(tags=tags).tags == tags


@pytest.mark.parametrize(
    "tags",
    [
        {"a" * 65: "x"},
        {"a": "x" * 256},
        {"a": ""},
        {"1": "x"},
        {"": "x"},
        {"a b": "x"},
        {"a\n": "x"},
        {"a": 1},
        {"a": None},
        {f"t{n}": "v" for n in range(11)},
        {"A": "x", "a": "y"},
        {"end_user_email": "nobody"},
        {"END_USER_EMAIL": "nobody"},
        [],
    ],
)
def test_tags_that_do_not(tags: Any) -> None:
    refused({"tags": tags})


def test_keys_of_tags_are_in_lower_case() -> None:
    assert request(tags={"Plan": "Pro"}).tags == {"plan": "Pro"}


@pytest.mark.parametrize(
    "end_user",
    [
        {"id": "x" * 255},
        {"id": "u", "email": "a@b.c", "display_name": "", "tags": {"any key": ""}},
        {"id": "u", "email": None},
    ],
)
def test_end_users_that_fit(end_user: dict[str, Any]) -> None:
    assert request(end_user=end_user).end_user is not None


@pytest.mark.parametrize(
    "end_user",
    [
        {},
        {"id": ""},
        {"id": "x" * 256},
        {"id": 1},
        {"id": "u", "email": "a@b"},
        {"id": "u", "email": "nobody.example"},
        {"id": "u", "email": "a@b.c\n"},
        {"id": "u", "display_name": "x" * 256},
        {"id": "u", "tags": {"a": 1}},
        {"id": "u", "role": "admin"},
    ],
)
def test_end_users_that_do_not(end_user: dict[str, Any]) -> None:
    refused({"end_user": end_user})


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example",
        "https://app.example:8443",
        "http://localhost:3000",
        "http://127.0.0.1",
        "https://localhost",
        "https://xn--bcher-kva.example",
    ],
)
def test_origins_as_browsers_write_them(origin: str) -> None:
    assert request(allowed_origins=[origin]).allowed_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "null",
        "https://",
        "https://*",
        "https://*.app.example",
        "https://app.example/",
        "https://app.example/path",
        "https://app.example?x",
        "https://app.example#x",
        "https://user@app.example",
        "https://App.example",
        "https://app.example.",
        "https://app.example:",
        "https://app.example:0",
        "https://app.example:123456",
        "https://app.example:80 https://evil.example",
        "https://app.example; script-src *",
        "https://app.example,evil.example",
        "https://app.example\n",
        "https://b\u00fccher.example",
        "https://intranet",
        "https://10.0.0.1",
        "https://[::1]",
        "http://app.example",
        "http://localhost.evil.example",
        "javascript:alert(1)",
        "data://app.example",
        "//app.example",
        "app.example",
        "https://app.example\\@evil.example",
    ],
)
def test_origins_that_could_be_read_as_more(origin: str) -> None:
    refused({"allowed_origins": [origin]})


@pytest.mark.parametrize("url", ["", "https://docs.example/a?b#c", "http://docs.example"])
def test_links_to_documentation_lead_to_the_web(url: str) -> None:
    assert request(overrides={"github": {"docs_connect": url}}).overrides["github"] == {
        "docs_connect": url
    }


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//docs.example",
        "/docs",
        "docs.example",
        "https:",
        "https:///x",
        "https://docs.example/a b",
        "https://docs.example/\n",
        "https://docs.example/" + "x" * 2048,
    ],
)
def test_and_nowhere_else(url: str) -> None:
    refused({"overrides": {"github": {"docs_connect": url}}})


def test_presets_are_kept_apart_by_what_they_are() -> None:
    asked = request(
        integrations_config_defaults={
            "github": {
                "user_scopes": "identify",
                "authorization_params": {"prompt": "consent"},
                "connection_config": {
                    "oauth_scopes_override": "read, write,,read:org admin",
                    "subdomain": "acme",
                    "webhook_url": "https://hooks.example/one",
                },
            }
        }
    )
    assert asked.defaults["github"] == IntegrationDefaults(
        user_scopes="identify",
        authorization_params={"prompt": "consent"},
        connection_config={"subdomain": "acme"},
        scopes_override=("read", "write", "read:org", "admin"),
    )
    assert asked.webhook_url_override == "https://hooks.example/one"


def test_the_webhook_override_at_the_top_wins() -> None:
    older = {"github": {"connection_config": {"webhook_url": "https://hooks.example/one"}}}
    for override in ("https://hooks.example/two", ""):
        asked = request(integrations_config_defaults=older, webhook_url_override=override)
        assert asked.webhook_url_override == override
    assert request().webhook_url_override is None


@pytest.mark.parametrize(
    "name",
    ["oauth_client_id_override", "oauth_client_secret_override", "oauth_refresh_token_override"],
)
@pytest.mark.parametrize("value", ["canary-secret", ""])
def test_secrets_have_no_place_in_presets(name: str, value: str) -> None:
    refused({"integrations_config_defaults": {"github": {"connection_config": {name: value}}}})


@pytest.mark.parametrize(
    "body",
    [
        {"environment_id": "canary-secret"},
        {"status": "active"},
        {"credentials": {}},
        {"connection_id": "c"},
        {"allow_account_change": True},
        {"organization": {"id": "o", "x": 1}},
        {"organization": {"display_name": "no id"}},
        {"overrides": {"github": {"client_id": "x"}}},
        {"integrations_config_defaults": {"github": {"client_secret": "canary-secret"}}},
        {"integrations_config_defaults": {"github": {"authorization_params": {"a": 1}}}},
        {"integrations_config_defaults": {"github": {"connection_config": {"a": "x" * 2049}}}},
        {"integrations_config_defaults": {"a/b": {}}},
        {"integrations_config_defaults": {f"i{n}": {} for n in range(101)}},
        {"overrides": {f"i{n}": {} for n in range(101)}},
        {"allowed_integrations": ["a/b"]},
        {"allowed_integrations": ["a#b"]},
        {"allowed_integrations": [""]},
        {"allowed_integrations": ["."]},
        {"allowed_integrations": ["x" * 256]},
        {"allowed_integrations": ["a"] * 101},
        {"allowed_integrations": "github"},
        {"allowed_integrations": [1]},
        {"allowed_origins": ["https://a.example"] * 21},
        {"webhook_url_override": 1},
    ],
)
def test_what_is_not_stated_is_refused(body: dict[str, Any]) -> None:
    refused(body)


@pytest.mark.parametrize(
    ("body", "ok"),
    [
        ({}, True),
        ({"allow_account_change": True}, True),
        ({"connection_id": "a,b:c@d$e'f"}, True),
        ({"allow_account_change": "true"}, False),
        ({"allowed_integrations": ["github"]}, False),
        ({"connection_id": "a#b"}, False),
        ({"connection_id": "a\x00b"}, False),
        ({"connection_id": "\u202ea"}, False),
        ({"connection_id": "x" * 256}, False),
        ({"integration_id": "a#b"}, False),
        ({"environment_id": "x"}, False),
    ],
)
def test_a_reconnect_names_one_connection(body: dict[str, Any], ok: bool) -> None:
    if ok:
        asked = CreateReconnectSession.model_validate({**RECONNECT, **body}).request()
        assert asked.allow_account_change is body.get("allow_account_change", False)
        assert (asked.tags, asked.end_user, asked.webhook_url_override) == (None, None, None)
        return
    with pytest.raises(ValidationError):
        CreateReconnectSession.model_validate({**RECONNECT, **body})


@pytest.mark.parametrize("missing", ["connection_id", "integration_id"])
def test_a_reconnect_needs_both_names(missing: str) -> None:
    with pytest.raises(ValidationError):
        CreateReconnectSession.model_validate({k: v for k, v in RECONNECT.items() if k != missing})


@pytest.mark.parametrize(
    ("change", "ok"),
    [
        ({}, True),
        ({"dimensions": {"integration": "github"}}, True),
        ({"event": "click:anything"}, False),
        ({"token": ""}, False),
        ({"extra": 1}, False),
    ],
)
def test_telemetry_is_one_of_the_known_events(change: dict[str, Any], ok: bool) -> None:
    body = {"token": "t", "event": "open", "timestamp": "2026-01-01T00:00:00Z", **change}
    if ok:
        Telemetry.model_validate(body)
        return
    with pytest.raises(ValidationError):
        Telemetry.model_validate(body)


def test_an_end_user_is_stored_without_what_is_not_known() -> None:
    assert EndUser(id="u1").stored() == {"id": "u1", "tags": {}}
