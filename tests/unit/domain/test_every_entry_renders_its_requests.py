"""Generated over the catalog: what each entry's requests carry, and where they can go."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from carrick.catalog.auth_modes import OPERATOR_SECRET_MODES
from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.catalog.schema import AuthMode, Provider
from carrick.domain.api_requests import ApiParts, api_parts, compose
from carrick.domain.modes.contract import Setting
from carrick.domain.proxy.target import Target, target_of
from carrick.errors import CarrickError
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest
from carrick.models.integration import CustomSecrets, Integration
from tests.support.keys import ED25519_KEY
from tests.support.sample_inputs import OPERATORS_HOSTS, sample, sample_config

NOW = 1_790_000_000.0
SECRET = "canary-secret"
PROVIDERS = [load(path, trusted=True) for path in provider_files(PACKAGED)]
WITH_API = [provider for provider in PROVIDERS if provider.api.base_url]
TYPES = {
    AuthMode.MCP_OAUTH2: "OAUTH2",
    AuthMode.MCP_OAUTH2_GENERIC: "OAUTH2",
    AuthMode.CUSTOM: "OAUTH2",
    AuthMode.INSTALL_PLUGIN: "BASIC",
}
MEMBERS = (
    "access_token", "token", "apiKey", "username", "password", "oauth_token", "oauth_token_secret",
    "token_id", "token_secret", "access_key_id", "secret_access_key", "session_token", "client_id",
    "client_secret", "session_id", "user_id", "_cookies",
)  # fmt: skip
PATHS_THAT_CLIMB = ("../x", "a/../../x", "..%2fx", "%2e%2e/x", "..\\x", "a/%252e%252e/x", "./x")
PATHS_OF_OTHERS = (
    "//evil.example", "/\\evil.example", "@evil.example", ":80@evil.example/", "\t//evil.example",
    "https://evil.example/", "?@evil.example", "#@evil.example", ".evil.example", "%00",
    "%0d%0aHost: x",
)  # fmt: skip
STRANGE_HOSTS = (
    "evil.example", "evil.example/", "evil.example#", "a@evil.example", "https://evil.example",
)  # fmt: skip


def parts_of(provider: Provider, config: Mapping[str, str] | None = None) -> ApiParts:
    """With sample credentials; and connection config unless it is given."""
    values = {name: f"{SECRET}-{name}" for name in MEMBERS}
    values |= {name: sample(field) for name, field in provider.credentials.items()}
    values |= dict.fromkeys(provider.token_response.headers, SECRET)
    signing = provider.request_signing
    if signing is not None and signing.algorithm == "ed25519":
        values["password"] = ED25519_KEY
    integration = Integration(
        environment_id="e",
        integration_id="i",
        provider=provider.name,
        created_at=0,
        updated_at=0,
        client_id="client",
        allowed_hosts=OPERATORS_HOSTS,
        integration_config={n: sample(f) for n, f in provider.integration_config.items()},
    )
    config = sample_config(provider) if config is None else config
    setting = Setting(provider, integration, SECRET, CustomSecrets(), config)
    kind = TYPES.get(provider.auth_mode, str(provider.auth_mode))
    return api_parts(Credentials(kind, values, raw={"accountID": "a-1"}), setting, now=NOW)


def target(parts: ApiParts, path: str = "things") -> Target:
    return target_of(path, "a=1", parts, override="", policy="listed", allow_loopback=False)


@pytest.mark.parametrize("provider", WITH_API, ids=lambda provider: provider.name)
def test_nothing_is_left_to_fill(provider: Provider) -> None:
    parts = parts_of(provider)
    draft = OutboundRequest("POST", target(parts).url, {"accept": "x"}, b"{}")
    request = compose(draft, parts)

    assert {name.lower() for name in provider.api.headers} - {
        name.lower() for name in request.headers
    } == set()
    assert set(provider.api.query) <= set(parts.query)
    whole = json.dumps([request.url, dict(request.headers), request.body.decode()])
    assert "${" not in whole
    assert "None" not in whole
    assert urlsplit(request.url).scheme == "https"


@pytest.mark.parametrize("path", PATHS_OF_OTHERS)
def test_no_path_names_a_host(path: str) -> None:
    for provider in WITH_API:
        parts = parts_of(provider)
        meant = urlsplit(target(parts).url)
        try:
            found = urlsplit(target(parts, path).url)
        except CarrickError:
            continue
        assert (found.scheme, found.netloc) == (meant.scheme, meant.netloc), provider.name
        assert found.path.startswith(meant.path.removesuffix("/things")), provider.name


@pytest.mark.parametrize("path", PATHS_THAT_CLIMB)
def test_no_path_climbs_out_of_the_base(path: str) -> None:
    parts = parts_of(next(provider for provider in WITH_API if provider.name == "github"))
    with pytest.raises(CarrickError) as refused:
        target(parts, path)
    assert refused.value.code == "invalid_endpoint"


@pytest.mark.parametrize("value", STRANGE_HOSTS)
def test_no_connection_config_sends_credentials_to_a_strange_host(value: str) -> None:
    for provider in WITH_API:
        for name, field in provider.connection_config.items():
            if field.self_hosted and provider.auth_mode not in OPERATOR_SECRET_MODES:
                continue  # the person's own credentials, to the person's own host
            parts = parts_of(provider, {**sample_config(provider), name: value})
            try:
                found = target(parts)
            except CarrickError:
                continue
            host = urlsplit(found.url).hostname or ""
            assert not host.endswith("evil.example"), f"{provider.name} {name}"
            assert not found.may_have_credentials("https://evil.example/"), provider.name
