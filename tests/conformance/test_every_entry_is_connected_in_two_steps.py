"""Each entry whose credentials are swapped for a token: the swap and the API are the facts'."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from carrick.catalog import Catalog
from tests.conformance import expected, facts
from tests.conformance.facts import Row, first_filled, values_of
from tests.conformance.filling_in import config_of, credentials_of
from tests.conformance.scripted_provider import Received, ScriptedProvider, switches_of
from tests.conformance.world import NOW, World
from tests.support.sample_inputs import sample

# What is signed, hashed, XML or asked in several steps is played by tests/integration/credentials;
# of semble's GraphQL the facts have only the parts.
ELSEWHERE = {"further_steps", "signature", "assertion", "token_response_headers"}
ONE_BY_ONE = {"avanan", "sage-intacct", "semble"}
NAMES = [
    name
    for name in facts.named("TWO_STEP")
    if name not in ONE_BY_ONE and not ELSEWHERE & set(facts.ROWS[name])
]


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_goes_through_its_whole_flow(catalog: Catalog, name: str) -> None:
    row, entry = facts.ROWS[name], catalog.get(name)
    submitted, config = credentials_of(entry), config_of(entry)
    world = World(name, ScriptedProvider(switches_of(row, entry), now=NOW), catalog)
    preset = {key: sample(field) for key, field in entry.integration_config.items()}
    filled_in = {**submitted, **preset}
    values = values_of(config, **{f"credentials.{k}": v for k, v in filled_in.items()})

    in_a_week = datetime.now(UTC) + timedelta(days=7)
    values["now+7:days:YYYY-MM-DD"] = in_a_week.strftime("%Y-%m-%d")

    world.submit(submitted, config)

    swap, *_tests = world.provider.take()
    assert _seen(swap) == _expected(row, values)
    token = world.held()["token"]
    assert token == "canary-secret-access-1"
    if "base_url" in row.get("api", {}):
        world.call()
        (call,) = world.provider.take()
        told = {k: v for k, v in world.connection.connection_config.items() if isinstance(v, str)}
        values |= values_of(told, accessToken=token, **{"credentials.token": token})
        assert expected.called(call) == expected.api_request(row, values, f"Bearer {token}")


def _seen(received: Received) -> dict[str, Any]:
    return {"method": received.method, "url": received.url, "params": received.params}


def _expected(row: Row, values: dict[str, str]) -> dict[str, Any]:
    parts = urlsplit(first_filled([row["token_url"], *row.get("token_url_fallbacks", ())], values))
    return {
        "method": row.get("token_request_method", "POST"),
        "url": f"{parts.scheme}://{parts.netloc}{parts.path}",
        "params": {
            **dict(parse_qsl(parts.query, keep_blank_values=True)),
            **facts.tree(row.get("token_params", {}), values),
        },
    }
