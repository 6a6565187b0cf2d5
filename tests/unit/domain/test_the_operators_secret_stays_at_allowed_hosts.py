"""Requirement 40 beyond token endpoints: later steps of a chain, verification, lookups."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from carrick.domain.lookups import looked_up
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.modes.placeholders import values_of
from carrick.domain.modes.token_requests import step_request
from carrick.domain.modes.verification import verify
from carrick.errors import CarrickError
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.models.integration import CustomSecrets, Integration
from carrick.transport.client import Transport

NOW = 1_800_000_000.0
SECRET = "canary-secret-operator"
ENTRY = """
display_name = "Server of one's own"
auth_mode = "TWO_STEP"
token_url = "https://login.example.com/token"

[[additional_steps]]
token_url = "https://${connectionConfig.host}/token"
params = { key = "${integrationConfig.key}" }

[api]
base_url = "https://api.example.com"
headers = { x-key = "${integrationConfig.key}" }

[api.verification]
base_url = "https://${connectionConfig.host}"
paths = ["/me"]

[[post_connection]]
url = "https://${connectionConfig.host}/tenant"
sets = { tenant = "id" }

[integration_config.key]
title = "Key"
secret = true

[connection_config.host]
format = "hostname"
self_hosted = true
title = "Host"
"""


class Recording(Transport):
    """Notes the hosts that the secret is sent to."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[OutboundRequest] = []

    def send(self, request: OutboundRequest, **_: object) -> InboundResponse:
        self.sent.append(request)
        return InboundResponse(200, {"content-type": "application/json"}, b'{"id": "t-1"}')


def by_step(setting: Setting, tools: Tools) -> None:
    values = values_of(setting, {}, now=NOW)
    tools.transport.send(step_request(setting.provider.additional_steps[0], setting, values))


def by_verification(setting: Setting, tools: Tools) -> None:
    verify(Credentials("TWO_STEP", {"token": "t"}), setting, tools)


def by_lookup(setting: Setting, tools: Tools) -> None:
    looked_up(Obtained(Credentials("TWO_STEP", {"token": "t"})), setting, tools)


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    (tmp_path / "own-server.toml").write_text(ENTRY, encoding="utf-8")
    return Catalog(tmp_path).get("own-server")


def hosts_asked(
    way: Callable[[Setting, Tools], None], provider: Provider, *allowed_hosts: str
) -> list[str]:
    integration = Integration(
        "e", "i", provider.name, NOW, NOW, integration_config={"key": SECRET},
        allowed_hosts=allowed_hosts,
    )  # fmt: skip
    config = {"host": "chosen.example.net"}
    setting = Setting(provider, integration, "", CustomSecrets(), config)
    transport = Recording()
    try:
        way(setting, Tools(transport, lambda: NOW))
    except CarrickError:
        assert transport.sent == []
    return [request.url for request in transport.sent]


@pytest.mark.parametrize("way", [by_step, by_verification, by_lookup])
def test_a_host_that_the_person_chose_gets_it_only_if_it_is_allowed(
    way: Callable[[Setting, Tools], None], provider: Provider
) -> None:
    assert hosts_asked(way, provider) == []
    assert len(hosts_asked(way, provider, "chosen.example.net")) == 1


@pytest.mark.parametrize("way", [by_step, by_verification, by_lookup])
def test_a_persons_own_server_needs_no_leave_where_nothing_of_the_operators_goes(
    way: Callable[[Setting, Tools], None], tmp_path: Path
) -> None:
    text = ENTRY.replace("secret = true\n", "")
    (tmp_path / "own-server.toml").write_text(text, encoding="utf-8")

    assert len(hosts_asked(way, Catalog(tmp_path).get("own-server"))) == 1
