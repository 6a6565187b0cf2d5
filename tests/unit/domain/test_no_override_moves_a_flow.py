"""Requirements 1, 2, 7 and 9: whatever browser and session ask for, these parameters stay."""

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrick import identifiers
from carrick.catalog import Catalog
from carrick.crypto.envelope import Envelope
from carrick.domain.authorization import Dependencies, StartRequest, start_authorization
from carrick.domain.vault import Vault
from carrick.errors import CarrickError
from carrick.models.environment import Environment, hash_token
from carrick.models.flow import Flow
from carrick.models.integration import Integration
from carrick.models.session import ConnectSession, IntegrationDefaults
from carrick.transport.client import Transport
from tests.support.authorization_server import write_provider
from tests.support.flow_facts import INTEGRATION, NOW, SESSION
from tests.support.kms import FakeKms

BASE_URL = "https://carrick.example"
FIXED = {
    "client_id": "client",
    "redirect_uri": f"{BASE_URL}/oauth/callback/github",
    "response_type": "code",
    "code_challenge_method": "S256",
}
NAMES = (*FIXED, "state", "code_challenge", "resource", "request", "request_uri", "response_mode")
names = st.sampled_from(NAMES).flatmap(
    lambda name: st.sampled_from(
        [name, name.upper(), name.title(), f" {name}", f"{name} ", f"{name}[]", f"{name}[a]",
         name.replace("_", "."), name.replace("_", " "), f"{name}\x00x"]
    )
)  # fmt: skip
other_names = st.sampled_from(
    ["scope", "Scope", "prompt", "pkce", "disable_pkce", "code_verifier", "nonce", "login_hint"]
)
values = st.sampled_from(["plain", "false", "evil", "https://evil.example", "", "a&client_id=evil"])
params = st.dictionaries(names | other_names | st.text(max_size=8), values, max_size=6)
browser_params = st.dictionaries(
    names | other_names | st.text(max_size=8), st.none() | values, max_size=6
)


class Stores:
    """One integration of one environment; keeps the flows that are stored."""

    environment = Environment("env", "dev", NOW)
    integration: ClassVar[Integration] = replace(INTEGRATION, scopes=("read", "write"))

    def __init__(self) -> None:
        self.flows: list[Flow] = []

    def get(self, environment_id: str, integration_id: str) -> Integration | None:
        return self.integration if (environment_id, integration_id) == ("env", "github") else None

    def put(self, flow: Flow) -> None:
        self.flows.append(flow)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("providers")
    write_provider(folder, "https://provider.example")
    return Catalog(folder)


def start(
    catalog: Catalog,
    session: ConnectSession = SESSION,
    *,
    integration_id: str = "github",
    params: dict[str, str] | None = None,
    authorization_params: dict[str, str | None] | None = None,
) -> tuple[dict[str, str], Flow, Vault]:
    """The parameters that the provider gets, the flow that is stored, and what opens it."""
    stores: Any = Stores()
    vault = Vault(Envelope(kms=FakeKms(), key_arn="arn:key", now=lambda: NOW))
    started = start_authorization(
        session,
        StartRequest(integration_id, BASE_URL, params or {}, authorization_params or {}),
        Dependencies(
            stores,
            lambda _: stores.environment,
            stores,
            vault,
            catalog,
            Transport(allow_loopback=False),
            lambda: NOW,
        ),
    )
    parts = urlsplit(started.url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "provider.example", "/authorize")
    assert parts.fragment == ""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    found = dict(pairs)
    assert len(found) == len(pairs), "a parameter is sent twice"
    (flow,) = stores.flows
    assert hash_token(started.cookie_value) == flow.binding_hash
    return found, flow, vault


@settings(max_examples=150, deadline=None)
@given(from_browser=browser_params, from_session=params, config=params)
def test_what_binds_a_flow_is_not_for_overriding(
    catalog: Catalog,
    from_browser: dict[str, str | None],
    from_session: dict[str, str],
    config: dict[str, str],
) -> None:
    defaults = IntegrationDefaults(authorization_params=from_session, connection_config=config)
    session = replace(SESSION, defaults={"github": defaults})
    found, flow, vault = start(catalog, session, params=config, authorization_params=from_browser)

    assert FIXED.items() <= found.items()
    assert hash_token(found["state"]) == flow.state_hash
    verifier = vault.flow_secrets(flow).code_verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    assert found["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert found["scope"] == "read write"
    assert flow.redirect_uri == FIXED["redirect_uri"]
    lenient = {re.split(r"[\[\x00]", name)[0].strip().lower().replace(".", "_").replace(" ", "_")
               for name in found.keys() - {*FIXED, "state", "code_challenge"}}  # fmt: skip
    assert not lenient & set(NAMES)


def test_verifiers_and_states_are_fresh_and_long() -> None:
    made = [
        make()
        for make in (
            identifiers.new_code_verifier,
            identifiers.new_state,
            identifiers.new_browser_binding,
        )
        for _ in range(1_000)
    ]
    assert len(set(made)) == 3_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", text) for text in made)


def test_a_session_opens_what_it_allows_in_its_own_environment(catalog: Catalog) -> None:
    for session, code in (
        (replace(SESSION, allowed_integrations=("gitlab",)), "integration_not_allowed"),
        (replace(SESSION, environment_id="environment"), "provider_config_err"),
        (replace(SESSION, environment_id="en"), "provider_config_err"),
    ):
        with pytest.raises(CarrickError) as raised:
            start(catalog, session)
        assert raised.value.code == code


def test_settings_that_share_the_name_space_are_not_the_browsers(catalog: Catalog) -> None:
    reserved = (
        "webhook_url",
        "oauth_client_id_override",
        "oauth_client_secret_override",
        "oauth_refresh_token_override",
        "oauth_scopes_override",
    )
    _, flow, _ = start(catalog, params={**dict.fromkeys(reserved, "evil"), "note": "kept"})
    assert flow.connection_config == {"note": "kept"}


def test_a_flow_shows_no_secret(catalog: Catalog) -> None:
    found, flow, vault = start(catalog)
    verifier = vault.flow_secrets(flow).code_verifier
    for secret in (found["state"], verifier):
        assert secret not in repr(flow)
        assert secret.encode() not in flow.sealed_secrets
    assert verifier not in repr(vault.flow_secrets(flow))
