"""Answers to imports of connections."""

from typing import Any

from tests.contract.cases.credentials import FORMS, REGION, VERIFIED, integrate
from tests.contract.cases.registry import shows
from tests.contract.cases.sessions import FULL
from tests.contract.world import World

KEY = "POST /connections"
TOKEN = {"type": "OAUTH2", "access_token": "canary-secret-x"}
BY_MODE = {form.mode: form for form in FORMS}


def imported(world: World, credentials: Any, integration: str = "test", **more: Any) -> Any:
    body = {"provider_config_key": integration, "credentials": credentials, **more}
    return world.ask("POST", "/connections", body).json()


@shows(KEY, 201)
def import_a_connection(world: World) -> None:
    who = {name: FULL[name] for name in ("end_user", "organization", "tags")}
    config = {"team": "t-1", "admin": True, "oauth_scopes_override": ["read"]}
    shown = imported(
        world,
        {
            **TOKEN,
            "refresh_token": "canary-secret-y",
            "expires_at": "2999-01-01T00:00:00.000Z",
            "config_override": {"client_id": "x", "client_secret": "canary-secret-z"},
        },
        connection_id="c1",
        connection_config=config,
        metadata={"plan": "pro"},
        webhook_url_override="https://hooks.example.com/one",
        **who,
    )
    assert shown["credentials"]["refresh_token"]
    world.ask("GET", "/connections/c1?provider_config_key=test")
    assert imported(world, TOKEN, connection_id="c1")["last_fetched_at"].endswith("Z")

    facts_only = world.tenant.key_with("environment:connections:create")
    body = {"provider_config_key": "test", "credentials": TOKEN}
    assert world.ask("POST", "/connections", body, key=facts_only).json()["credentials"] == {}
    integrate(world, BY_MODE["API_KEY"])
    imported(world, {"type": "API_KEY", **BY_MODE["API_KEY"].body}, "form")


@shows(KEY, 400, "url_param_err")
def import_without_a_region(world: World) -> None:
    integrate(world, BY_MODE["NONE"], **REGION)
    imported(world, {"type": "NONE"}, "form")


@shows(KEY, 400, "invalid_connection_config")
def import_with_an_impossible_region(world: World) -> None:
    integrate(world, BY_MODE["NONE"], **REGION)
    imported(world, {"type": "NONE"}, "form", connection_config={"region": "a/b"})


@shows(KEY, 400, "connection_test_failed")
def import_of_a_key_that_does_not_work(world: World) -> None:
    world.server.switches.answer = (401, {}, b"")
    integrate(world, BY_MODE["API_KEY"], api=VERIFIED["api"] % world.server.url)
    imported(world, {"type": "API_KEY", **BY_MODE["API_KEY"].body}, "form")


@shows(KEY, 400, "two_step_credentials_fetch_error")
def import_of_what_gives_no_token(world: World) -> None:
    form = BY_MODE["TWO_STEP"]
    integrate(world, form)
    imported(world, form.refused["two_step_credentials_fetch_error"], "form")


@shows(KEY, 404, "not_found")
def import_for_an_unknown_integration(world: World) -> None:
    imported(world, TOKEN, "nobody")
