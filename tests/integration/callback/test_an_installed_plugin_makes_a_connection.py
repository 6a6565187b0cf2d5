"""INSTALL_PLUGIN (contract §5.3, §5.4): the integration's pair, for where it was installed."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.authorization_server import CLIENT_SECRET
from tests.support.browser import Browser
from tests.support.redirect_peers import PluginPeer
from tests.support.scripted_api import running_scripted_api
from tests.support.stack import RunningStack
from tests.support.tenant import Tenant


@pytest.fixture
def peer(stack: RunningStack, tmp_path: Path) -> Iterator[PluginPeer]:
    with running_scripted_api() as api:
        made = PluginPeer(api)
        made.write_entry(tmp_path)
        stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
        yield made


@pytest.fixture
def tenant(stack: RunningStack, peer: PluginPeer) -> Tenant:
    made = Tenant(stack)
    made.integrate(credentials=peer.credentials)
    return made


def test_the_plugins_pair_is_tried_and_read(tenant: Tenant, peer: PluginPeer) -> None:
    browser = Browser(tenant).start()
    assert browser.back(peer.authorize(browser.location)).status == 200
    (row,) = tenant.call("GET", "/connections").json()["connections"]
    connection = tenant.read(row["connection_id"]).json()

    pair = {"username": "plug-in", "password": CLIENT_SECRET}
    assert connection["credentials"] == {"type": "BASIC", **pair, "raw": pair}
    assert connection["connection_config"] == {"website_id": "site-1"}
    (asked,) = peer.api.of("/account")
    encoded = base64.b64encode(f"plug-in:{CLIENT_SECRET}".encode()).decode()
    assert asked.headers["authorization"] == f"Basic {encoded}"


@pytest.mark.parametrize(
    ("status", "left_out", "says"),
    [(401, "", "does not accept"), (200, "&website_id=site-1", "where the plug-in was installed")],
)
def test_what_is_no_installation_makes_nothing(
    tenant: Tenant, peer: PluginPeer, status: int, left_out: str, says: str
) -> None:
    peer.api.answers["GET /account"] = (status, {})
    browser = Browser(tenant).start()
    answer = browser.back(peer.authorize(browser.location).replace(left_out, ""))

    assert (answer.status, says in answer.text) == (400, True)
    assert tenant.stack.items("ConnectionsTable") == []


def test_a_link_that_is_no_plain_address_is_refused_at_once(
    tenant: Tenant, peer: PluginPeer
) -> None:
    for link in ("http://plugins.example.com/x", "https://plugins.example.com/?payload=x", ""):
        credentials = {**peer.credentials, "app_link": link}
        body = {"credentials": credentials}
        answer = tenant.call("PATCH", "/integrations/test", body)
        assert answer.json()["error"]["errors"][0]["path"] == ["credentials", "app_link"]
