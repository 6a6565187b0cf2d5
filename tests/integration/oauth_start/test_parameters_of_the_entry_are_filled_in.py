"""Authorization parameters of an entry: from connection config, left out, or new each time."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from carrick.catalog import Catalog
from tests.support.authorization_server import AuthorizationServer, write_provider
from tests.support.tenant import Tenant

PARAMS = (
    '{ context = "stores/${connectionConfig.store}", launch = "${connectionConfig.launch}",'
    ' nonce = "${random}" }'
)
FIELDS = '{ store = { title = "S", format = "slug" }, launch = { title = "L", optional = true } }'


@pytest.fixture
def entry(server: AuthorizationServer, tmp_path: Path) -> None:
    write_provider(tmp_path, server.url, authorization_params=PARAMS, connection_config=FIELDS)


def sent(tenant: Tenant, query: str = "") -> dict[str, list[str]]:
    started = tenant.start(tenant.session(), query=f"&params[store]=acme{query}")
    assert started.status == 302, started.text
    return parse_qs(urlsplit(started.headers["location"]).query)


def test_what_an_optional_field_leaves_open_is_not_sent(entry: None, tenant: Tenant) -> None:
    assert sent(tenant)["context"] == ["stores/acme"]
    assert "launch" not in sent(tenant)
    assert sent(tenant, "&params[launch]=x")["launch"] == ["x"]


def test_a_required_one_is_asked_for(entry: None, tenant: Tenant) -> None:
    assert tenant.start(tenant.session()).status == 400


def test_what_is_random_is_new_each_time(entry: None, tenant: Tenant) -> None:
    first, second = sent(tenant)["nonce"], sent(tenant)["nonce"]
    assert len(first[0]) >= 32
    assert first != second


@pytest.mark.parametrize("name", ["bigcommerce", "practicefusion"])
def test_real_entries_begin_without_their_optional_values(name: str, tenant: Tenant) -> None:
    provider = Catalog().get(name)
    tenant.integrate(name, provider=name)
    given = {field: part.example or "acme" for field, part in provider.connection_config.items()}
    query = "".join(
        f"&params[{field}]={given[field]}"
        for field, part in provider.connection_config.items()
        if not part.optional
    )
    started = tenant.start(tenant.session(), name, query)
    assert started.status == 302, started.text
    assert "$" not in started.headers["location"]
