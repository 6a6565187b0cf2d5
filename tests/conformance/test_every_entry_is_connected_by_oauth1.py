"""Each OAuth 1 entry: three endpoints, signed, in the order of RFC 5849 §2."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from carrick.catalog import Catalog
from tests.conformance import expected, facts
from tests.conformance.facts import Row, fill, filled, values_of
from tests.conformance.filling_in import config_of
from tests.conformance.scripted_provider import Received, ScriptedProvider, Switches
from tests.conformance.world import CLIENT_ID, NOW, World
from tests.support.stack import BASE_URL

TOKEN = "canary-secret-access"


@pytest.mark.parametrize("name", facts.named("OAUTH1"))
def test_an_entry_goes_through_its_whole_flow(catalog: Catalog, name: str) -> None:
    row, config = facts.ROWS[name], config_of(catalog.get(name))
    values = values_of(config)
    world = World(name, ScriptedProvider(Switches(oauth1=True), now=NOW), catalog)

    begun = world.start(config)
    (temporary,) = world.provider.take()
    assert _place(temporary) == fill(row["request_url"], values).partition("?")[0]
    signed = _signed(temporary, row)
    callback = urlsplit(signed.pop("oauth_callback"))
    assert callback.geturl().partition("?")[0] == f"{BASE_URL}/oauth/callback/{name}"
    assert filled(row.get("request_params", {}), values).items() <= _params(temporary).items()

    away = urlsplit(begun.url)
    address = f"{away.scheme}://{away.netloc}{away.path}"
    assert address == fill(row["authorization_url"], values).partition("?")[0]
    assert dict(parse_qsl(away.query))["oauth_token"] == f"{TOKEN}-1"

    state = dict(parse_qsl(callback.query))
    world.complete(begun, {**state, "oauth_token": f"{TOKEN}-1", "oauth_verifier": "verifier"})
    exchange, *_lookups = world.provider.take()
    assert _place(exchange) == fill(row["token_url"], values).partition("?")[0]
    signed = _signed(exchange, row)
    assert (signed["oauth_token"], signed["oauth_verifier"]) == (f"{TOKEN}-1", "verifier")
    assert world.held()["oauth_token"] == f"{TOKEN}-2"

    assert not world.connection.refreshable
    if "base_url" in row.get("api", {}):
        world.call()
        (call,) = world.provider.take()
        assert _signed(call, row)["oauth_token"] == f"{TOKEN}-2"
        meant = expected.api_request(row, values_of(config, clientId=CLIENT_ID), "")
        assert expected.called(call)["url"] == meant["url"]


def _place(received: Received) -> str:
    return received.url


def _params(received: Received) -> dict[str, Any]:
    """Parameters beside those of the signature, wherever they were put."""
    return {**received.params, **_fields(received)}


def _signed(received: Received, row: Row) -> dict[str, str]:
    """The protocol parameters; each request has those of RFC 5849 §3.1."""
    fields = _fields(received)
    assert fields["oauth_consumer_key"] == CLIENT_ID
    assert fields["oauth_signature_method"] == row.get("signature_method", "HMAC-SHA1")
    assert fields["oauth_signature"]
    return fields


def _fields(received: Received) -> dict[str, str]:
    scheme, _, rest = received.headers["authorization"].partition(" ")
    assert scheme == "OAuth"
    pairs = (part.strip().partition("=") for part in rest.split(","))
    return {unquote(name): unquote(value.strip('"')) for name, _, value in pairs}
