"""Requirements 35 to 42, generated from the registry of modes and from the catalog.

Whatever a mode does for an entry, with whatever people fill in: no connection is opened to an
address inside, and no name is looked up by anybody but the guard. A mode that asks by another way,
or an entry that lets a person name an address, fails here without being listed.
"""

import ssl
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import pytest

from carrick.catalog.auth_modes import AuthMode
from carrick.catalog.endpoints import endpoint
from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.catalog.schema import Provider
from carrick.domain.lookups import looked_up
from carrick.domain.modes.contract import Obtained, Setting, Tools
from carrick.domain.modes.redirect import Arrival, Departure
from carrick.domain.modes.redirects import REDIRECTS
from carrick.domain.modes.registry import MODES
from carrick.domain.modes.verification import verify
from carrick.errors import CarrickError
from carrick.models.credentials import Credentials
from carrick.models.flow import Flow, FlowSecrets
from carrick.models.http import OutboundRequest
from carrick.models.integration import CustomSecrets, Integration
from carrick.transport.client import Transport
from tests.support.private_keys import PEM
from tests.support.sample_inputs import OPERATORS_HOSTS, sample, sample_config

NOW = 1_800_000_000.0
SECRET = "canary-secret"
PROVIDERS = [load(path, trusted=True) for path in provider_files(PACKAGED)]
ASKS_NOBODY = {AuthMode.NONE}
PLACES_INSIDE = (
    "localhost", "127.0.0.1", "127.1", "169.254.169.254", "169.254.170.2", "10.0.0.1", "[::1]",
    "[::ffff:169.254.169.254]", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "169.254.169.254.",
)  # fmt: skip
CREDENTIALS = {
    "access_token": SECRET, "refresh_token": SECRET, "token": SECRET, "username": "ada",
    "password": SECRET, "apiKey": SECRET, "client_id": "ada", "client_secret": SECRET,
    "token_id": "t-1", "token_secret": SECRET, "oauth_token": "t-1", "oauth_token_secret": SECRET,
    "organization_id": "o-1", "dev_key": SECRET, "access_key_id": "a", "secret_access_key": SECRET,
    "session_token": SECRET, "role_arn": "arn:aws:iam::123456789012:role/x", "region": "us-east-1",
    "service": "s3", "external_id": "7d5f0a2e-3b0c-4c46-9d3f-0f8b6c0f1a11",
}  # fmt: skip


class Inside:
    """A resolver that says of every name that it is the metadata service."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.hosts.append(host)
        return ["169.254.169.254"]


class Sockets:
    """What this process connects to and looks up, told by Python's audit events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, object]] | None = None
        sys.addaudithook(self._note)

    def _note(self, event: str, args: tuple[object, ...]) -> None:
        if self.events is not None and event in {"socket.connect", "socket.getaddrinfo"}:
            self.events.append((event, args))


SOCKETS = Sockets()
TLS = ssl.create_default_context()


@pytest.fixture
def opened() -> Iterator[list[tuple[str, object]]]:
    """The connections and look-ups of a test."""
    SOCKETS.events = []
    yield SOCKETS.events
    SOCKETS.events = None


def setting_of(provider: Provider, config: Mapping[str, str]) -> Setting:
    own = {name: sample(field) for name, field in provider.integration_config.items()}
    app = {"app_id": "1", "app_link": "https://github.com/apps/x"}
    integration = Integration(
        "e", "i", provider.name, NOW, NOW, client_id="client", custom=app, integration_config=own,
        allowed_hosts=(*OPERATORS_HOSTS, *config.values()),
    )  # fmt: skip
    option = {name: sample(field) for name, field in provider.assertion_option.items()}
    secrets = CustomSecrets(private_key=PEM)
    return Setting(provider, integration, SECRET, secrets, config, assertion_option=option)


def held(provider: Provider) -> dict[str, str]:
    """What a person filled in, and what was made of it."""
    return {**CREDENTIALS, **{name: sample(f) for name, f in provider.credentials.items()}}


def flow_of(setting: Setting) -> Flow:
    return Flow(
        state_hash="s",
        environment_id="e",
        integration_id="i",
        connection_id="c",
        session_hash="h",
        operation_id="o",
        provider=setting.provider.name,
        client_id="client",
        redirect_uri="https://app.example.com/callback",
        callback_integration="",
        binding_hash="b",
        expected_issuer="",
        issuer_required=False,
        created_at=NOW,
        expires_at=NOW + 60,
        connection_config=setting.config,
    )


def ways(setting: Setting, tools: Tools) -> Iterator[Callable[[], object]]:
    """All that a mode does which may ask a provider, by redirect or not, now or later."""
    provider, config = setting.provider, setting.config
    mode, values = MODES[provider.auth_mode], held(provider)
    credentials = Credentials("OAUTH2", values)
    yield lambda: mode.obtain(values, setting, tools)
    yield lambda: mode.renew(credentials, setting, tools)
    yield lambda: verify(credentials, setting, tools)
    yield lambda: looked_up(Obtained(credentials), setting, tools)
    yield lambda: tools.ask(OutboundRequest("POST", endpoint(provider, "revocation", config), {}))
    redirect = REDIRECTS.get(provider.auth_mode)
    if redirect is None:
        return
    flow, secrets = flow_of(setting), FlowSecrets(token="t-1", token_secret=SECRET)
    callback = {"code": SECRET, "oauth_token": "t-1", "oauth_verifier": SECRET, **config}
    yield lambda: redirect.begin(Departure(flow, setting, "state", {}), tools)
    yield lambda: redirect.finish(Arrival(flow, setting, secrets, callback), tools)


def ask_everything(provider: Provider, config: Mapping[str, str]) -> list[str]:
    """Take every way; the names that the guard was asked for."""
    resolver = Inside()
    setting = setting_of(provider, config)
    transport = Transport(resolver=resolver, ssl_context=TLS)
    tools = Tools.of(setting, transport, lambda: NOW)
    for way in ways(setting, tools):
        with suppress(CarrickError):
            way()
    return resolver.hosts


def test_every_mode_has_an_entry() -> None:
    assert {provider.auth_mode for provider in PROVIDERS} == set(AuthMode)
    assert set(MODES) == set(AuthMode)


def test_a_name_that_leads_inside_is_connected_to_by_no_mode(
    opened: list[tuple[str, object]],
) -> None:
    asked: Counter[AuthMode] = Counter()
    for provider in PROVIDERS:
        asked[provider.auth_mode] += len(ask_everything(provider, sample_config(provider)))

    assert opened == []
    assert {mode for mode in AuthMode if not asked[mode]} == ASKS_NOBODY


@pytest.mark.parametrize("place", PLACES_INSIDE)
def test_nobody_can_name_an_address_inside(place: str, opened: list[tuple[str, object]]) -> None:
    for provider in PROVIDERS:
        for name, field in provider.connection_config.items():
            if field.enum:
                continue
            for value in (place, f"{place}:8443", f"https://{place}/x"):
                config = {**sample_config(provider), name: value}
                hosts = ask_everything(provider, config)
                assert place.strip("[].") not in hosts, f"{provider.name} {name}"
    assert opened == []
