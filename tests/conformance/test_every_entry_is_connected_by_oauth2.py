"""Each OAuth 2 entry: what browser, token endpoint and API are sent is what the facts say."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from tests.conformance import expected, facts
from tests.conformance.facts import Row, filled, first_filled, renamed, values_of
from tests.conformance.filling_in import config_of
from tests.conformance.scripted_provider import Received, ScriptedProvider, switches_of, told
from tests.conformance.world import CLIENT_ID, CLIENT_SECRET, NOW, SCOPES, World
from tests.support.stack import BASE_URL

Config = dict[str, str]
CLIENT = (CLIENT_ID, CLIENT_SECRET)
# They go another way: tests/integration/callback/test_quirks_are_carried_out.py.
WITH_QUIRKS = {"bullhorn", "microsoft-admin"}
NAMES = [
    name
    for name in facts.named("OAUTH2")
    if name not in WITH_QUIRKS and "installation" not in facts.ROWS[name]
]


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_goes_through_its_whole_flow(catalog: Catalog, name: str) -> None:
    row, entry = facts.ROWS[name], catalog.get(name)
    config = config_of(entry)
    world = World(name, ScriptedProvider(switches_of(row, entry), now=NOW), catalog)

    begun = world.start(config)
    sent = _sent(begun.url, row)
    assert sent == _authorization(row, config, sent)

    world.complete(begun, _callback(row, entry, sent))
    known = {**world.connection.connection_config, **config}
    config = {key: value for key, value in known.items() if isinstance(value, str)}
    exchange, *_lookups = world.provider.take()
    assert expected.seen(exchange) == _exchange(row, config, exchange, sent)
    assert world.held()["access_token"] == "canary-secret-access-1"

    assert world.connection.refreshable == entry.refresh_supported
    if world.connection.refreshable:
        world.renew()
        (refresh,) = world.provider.take()
        assert expected.seen(refresh) == _refresh(row, config)
        assert world.held()["access_token"] == "canary-secret-access-2"
    if "base_url" in row.get("api", {}):
        token = world.held()["access_token"]
        world.call()
        (call,) = world.provider.take()
        drawn = call.headers.get("wm_qos.correlation_id", "")
        others = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET, "random": drawn}
        values = values_of(config, accessToken=token, **others)
        assert expected.called(call) == expected.api_request(row, values, f"Bearer {token}")


def _sent(url: str, row: Row) -> dict[str, str]:
    """The authorization request: its parameters, and under an empty name where it goes."""
    parts = urlsplit(url)
    in_fragment = "authorization_url_fragment" in row
    query = parts.fragment.partition("?")[2] if in_fragment else parts.query
    params = dict(parse_qsl(query, keep_blank_values=True))
    return {"": f"{parts.scheme}://{parts.netloc}{parts.path}", **params}


def _authorization(row: Row, config: Config, sent: dict[str, str]) -> dict[str, str]:
    values = values_of(config, random=sent.get("nonce", ""))
    fallbacks = row.get("authorization_url_fallbacks", ())
    parts = urlsplit(first_filled([row["authorization_url"], *fallbacks], values))
    separator = row.get("scope_separator", " ")
    if "scopes" in row.get("authorization_url_skip_encode", ()):
        separator = separator.replace("+", " ")  # as a server reads it
    params = {
        "client_id": CLIENT_ID,
        "redirect_uri": f"{BASE_URL}/oauth/callback/{row['name']}",
        "response_type": "code",
        "scope": separator.join(SCOPES),
        "state": sent[_state_name(row)],
        **filled(row.get("authorization_params", {}), values),
    }
    if row.get("pkce", True):
        params["code_challenge"] = sent["code_challenge"]
        params["code_challenge_method"] = "S256"
    names = row.get("authorization_param_renames", {})
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return {"": address, **dict(parse_qsl(parts.query)), **renamed(params, names)}


def _state_name(row: Row) -> str:
    return str(row.get("authorization_param_renames", {}).get("state", "state"))


def _callback(row: Row, entry: Provider, sent: dict[str, str]) -> dict[str, str]:
    """What the browser brings back, with what the entry keeps of it."""
    code_name = row.get("authorization_code_param_in_callback", "code")
    kept = {name: told(name, entry) for name in row.get("redirect_uri_metadata", ())}
    return {code_name: "canary-secret-code", _state_name(row): sent[_state_name(row)], **kept}


def _exchange(row: Row, config: Config, received: Received, sent: dict[str, str]) -> dict[str, Any]:
    values = values_of(config)
    params = {
        "grant_type": "authorization_code",
        "code": "canary-secret-code",
        "redirect_uri": f"{BASE_URL}/oauth/callback/{row['name']}",
        **filled(row.get("token_params", {}), values),
    }
    if row.get("pkce", True):
        verifier = received.params["code_verifier"]
        digest = hashlib.sha256(verifier.encode()).digest()
        assert sent["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        params["code_verifier"] = verifier
    return expected.token_request(row, values, row["token_url"], params, CLIENT)


def _refresh(row: Row, config: Config) -> dict[str, Any]:
    values = values_of(config)
    params = {
        "grant_type": "refresh_token",
        "refresh_token": "canary-secret-refresh-1",
        **filled(row.get("refresh_params", {}), values),
    }
    url = row.get("refresh_url", row["token_url"])
    return expected.token_request(row, values, url, params, CLIENT)
