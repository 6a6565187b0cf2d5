"""Each entry that people fill in a form for: its token, test and API requests are the facts'."""

from collections.abc import Mapping
from typing import Any

import pytest

from carrick.catalog import Catalog
from tests.conformance import expected, facts
from tests.conformance.expected import basic
from tests.conformance.facts import Row, fill, filled, first_filled, values_of
from tests.conformance.filling_in import config_of, credentials_of
from tests.conformance.scripted_provider import (
    Received,
    ScriptedProvider,
    Switches,
    switches_of,
)
from tests.conformance.world import NOW, SCOPES, World

KEYS = [name for mode in ("API_KEY", "BASIC", "NONE") for name in facts.named(mode)]

SIGNED = {"aws-iam", "aws-inspector2", "aws-multi-service", "cisco-duo-admin", "streamline-ai"}
OF_THE_INTEGRATION = {"private-api-basic", "private-api-bearer"}
NOT_CALLED = SIGNED | OF_THE_INTEGRATION
"""Each request is signed, or the customer says where the API is: tests/integration/proxy."""


def _has_a_secret(name: str) -> bool:
    """Clients that prove a key instead are in tests/integration/credentials."""
    entry = Catalog().get(name)
    return not entry.client_certificate_required and "secret" in entry.token_endpoint_auth_method


CLIENTS = [name for name in facts.named("OAUTH2_CC") if _has_a_secret(name)]


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_tried_and_used(catalog: Catalog, name: str) -> None:
    row, entry = facts.ROWS[name], catalog.get(name)
    submitted, config = credentials_of(entry), config_of(entry)
    world = World(name, ScriptedProvider(Switches(), now=NOW), catalog)

    world.submit(submitted, config)

    assert [_place(request) for request in world.provider.take()] == _tests(row, config, submitted)
    assert world.held() == submitted | _empty(row, submitted)
    authorization = ""
    if row["auth_mode"] == "BASIC":
        authorization = basic(submitted["username"], submitted.get("password", ""))
    _call(world, row, authorization)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_of_the_persons_own_is_exchanged(catalog: Catalog, name: str) -> None:
    row, entry = facts.ROWS[name], catalog.get(name)
    submitted, config = credentials_of(entry), config_of(entry)
    world = World(name, ScriptedProvider(switches_of(row, entry), now=NOW), catalog)

    world.submit(submitted, config)

    token_request, *tests = world.provider.take()
    if entry.post_connection:
        tests = []  # lookups: tests/integration/callback
    assert expected.seen(token_request) == _client_credentials(row, config, submitted)
    assert [_place(request) for request in tests] == _tests(row, config, submitted)
    world.renew()
    (again,) = world.provider.take()
    assert expected.seen(again) == _client_credentials(row, config, submitted)
    assert world.held()["token"] == "canary-secret-access-2"
    _call(world, row, "Bearer canary-secret-access-2")


def _client_credentials(row: Row, config: dict[str, str], client: dict[str, str]) -> dict[str, Any]:
    values = _values(config, client)
    params = {
        "grant_type": "client_credentials",
        **filled(row.get("token_params", {}), values),
        "scope": row.get("scope_separator", " ").join(SCOPES),
    }
    pair = client["client_id"], client["client_secret"]
    return expected.token_request(row, values, row["token_url"], params, pair)


def _tests(row: Row, config: dict[str, str], submitted: dict[str, str]) -> list[tuple[str, str]]:
    """Where the credentials are tried: the first path, which answers well."""
    if "verification" not in row:
        return []
    values, declared = _values(config, submitted), row["verification"]
    api = row["api"]
    bases = [api["base_url"], *api.get("base_url_fallbacks", ())]
    base = first_filled([declared["base_url"]] if "base_url" in declared else bases, values)
    path = fill(declared["paths"][0], values).partition("?")[0]
    url = f"{base.rstrip('/')}/{path.lstrip('/')}"
    return [(declared.get("method", "GET"), expected.with_lower_host(url))]


def _place(received: Received) -> tuple[str, str]:
    return received.method, expected.with_lower_host(received.url)


def _call(world: World, row: Row, authorization: str) -> None:
    """Ask the API through the proxy, and look at what it was sent."""
    if "base_url" not in row.get("api", {}) or row["name"] in NOT_CALLED:
        return
    world.call()
    (call,) = world.provider.take()
    values = _values(_texts(world.connection.connection_config), _texts(world.held()))
    assert expected.called(call) == expected.api_request(row, values, authorization)


def _values(config: dict[str, str], held: dict[str, str]) -> dict[str, str]:
    named = {f"credentials.{name}": value for name, value in held.items()}
    bare = {name: held[name] for name in ("apiKey", "username", "password") if name in held}
    token = {"accessToken": held["token"]} if "token" in held else {}
    client = {"clientId": held.get("client_id", ""), "clientSecret": held.get("client_secret", "")}
    return values_of(config, **named, **bare, **token, **client)


def _texts(config: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in config.items() if isinstance(value, str)}


def _empty(row: Row, submitted: dict[str, str]) -> dict[str, str]:
    """A pair is kept as a pair, also where half of it is not asked for."""
    if row["auth_mode"] != "BASIC":
        return {}
    return {name: "" for name in ("username", "password") if name not in submitted}
