"""A customer and an end user for any entry: an integration, a flow, and what comes back."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from carrick.catalog.inputs import connection_config
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.domain.modes.contract import Setting
from carrick.domain.modes.redirect import Away
from carrick.models.connection import ConnectionKey
from carrick.models.flow import Flow
from carrick.models.integration import CustomSecrets, Integration
from local.providers.samples import HOSTS, filled_in, private_key, sample

BASE_URL = "https://carrick.example.com"
KEY = ConnectionKey("dry-run", "dry-run", "dry-run")
REDIRECT_URI = f"{BASE_URL}/oauth/callback/{KEY.integration_id}"
CLIENT_ID, CLIENT_SECRET = "sample-client-id", "sample-client-secret"
STATE, CODE = "sample-state", "sample-code"
SCOPES = ("read", "write")
SITE = f"https://{HOSTS[0]}"


def setting_of(entry: Provider, *, now: float) -> Setting:
    """An integration of the entry with all that customers set, and no connection config yet."""
    preset = filled_in(entry, "integration_config")
    secret = {n: v for n, v in preset.items() if entry.integration_config[n].secret}
    link = entry.connection_config.get("appPublicLink")
    integration = Integration(
        KEY.environment_id,
        KEY.integration_id,
        entry.name,
        now,
        now,
        client_id=CLIENT_ID,
        scopes=entry.default_scopes or SCOPES,
        allowed_hosts=HOSTS,
        custom={"app_id": "12345", "app_link": f"{sample(link) if link else SITE}/acme"},
        integration_config={n: v for n, v in preset.items() if n not in secret},
    )
    secrets = CustomSecrets(private_key("RSA"), secret)
    return Setting(entry, integration, _client_secret(entry), secrets, {}, integration.scopes)


def _client_secret(entry: Provider) -> str:
    signs = entry.oauth1 is not None and entry.oauth1.signature_method == "RSA-SHA1"
    if signs or entry.token_endpoint_auth_method == "private_key_jwt":
        return private_key("RSA")
    return CLIENT_SECRET


def config_of(entry: Provider) -> Mapping[str, str]:
    """Connection config as a flow begins with it. Raises as ``catalog.inputs`` does."""
    given = filled_in(entry, "connection_config")
    return connection_config(entry, oauth2.given_config(entry, given))


def secrets_of(setting: Setting) -> dict[str, str]:
    """Every made-up secret, with the name that is printed in its place."""
    entry = setting.provider
    asked = {**entry.credentials, **entry.assertion_option}
    filled = {**filled_in(entry, "credentials"), **filled_in(entry, "assertion_option")}
    return {
        **{text: name for name, text in filled.items() if asked[name].secret},
        **{text: name for name, text in setting.secrets.integration_config.items()},
        setting.secrets.private_key: "private_key",
        setting.client_secret: "client_secret",
        CLIENT_ID: "client_id",
        STATE: "state",
        CODE: "code",
    }


def flow_of(setting: Setting, *, now: float) -> Flow:
    """A flow about to begin."""
    entry = setting.provider
    return Flow(
        state_hash="",
        environment_id=KEY.environment_id,
        integration_id=KEY.integration_id,
        connection_id=KEY.connection_id,
        session_hash="",
        operation_id="",
        provider=entry.name,
        client_id=setting.integration.registered_id,
        redirect_uri=REDIRECT_URI,
        callback_integration=KEY.integration_id,
        binding_hash="",
        expected_issuer=entry.issuer or "",
        issuer_required=entry.iss_parameter,
        created_at=now,
        expires_at=now,
        connection_config=setting.config,
        requested_scopes=setting.scopes,
    )


def callback_of(entry: Provider, away: Away) -> dict[str, str]:
    """What the browser brings back from there."""
    fields = entry.connection_config
    said = {
        name: sample(fields[name]) if name in fields else "sample"
        for name in entry.redirect_uri_metadata
    }
    state = {name: STATE for name, value in parse_qsl(away.url.partition("?")[2]) if value == STATE}
    if away.secrets.token:
        verifier = {"oauth_token": away.secrets.token, "oauth_verifier": CODE}
        return {"state": STATE, **verifier, **said}
    issuer = {"iss": entry.issuer} if entry.issuer else {}
    return {**(state or {"state": STATE}), entry.code_param: CODE, **issuer, **said}
