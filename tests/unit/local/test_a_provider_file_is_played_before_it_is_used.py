"""What the author of a provider file is shown: its flow, request by request, or what is wrong."""

import base64
import re
from pathlib import Path

import pytest

from carrick.catalog.library import PACKAGED, load, provider_files
from carrick.catalog.schema import Provider
from carrick.domain.modes.registry import MODES
from local.providers.__main__ import main
from local.providers.dry_run import play
from local.providers.printed import lines_of
from local.scripted_provider import SECRETS

PACKAGED_ENTRIES = [load(path, trusted=True) for path in provider_files(PACKAGED)]
NOT_PLAYED = {"sentry-oauth": "begins with a webhook of the provider's"}

ACME = """
display_name = "Acme"
auth_mode = "OAUTH2"
authorization_url = "https://${connectionConfig.site}.acme.example.com/authorize"
authorization_params = { prompt = "consent" }
token_url = "https://${connectionConfig.site}.acme.example.com/token"
token_endpoint_auth_method = "client_secret_basic"
token_params = { audience = "${connectionConfig.site}" }
token_response_metadata = ["team.id"]
revocation_url = "https://acme.example.com/revoke"

[connection_config.site]
format = "subdomain"
title = "Site"

[connection_config.tenant]
format = "slug"
automated = true

[[post_connection]]
url = "https://api.acme.example.com/tenants"
sets = { tenant = "0.id" }

[api]
base_url = "https://api.acme.example.com/${connectionConfig.tenant}"
headers = { x-tenant = "${connectionConfig.tenant}" }
"""
ACME_PLAYED = """\
acme.toml: Acme, OAUTH2

A person fills in:
  site = acme
The browser is sent to:
  https://acme.acme.example.com/authorize
    ? response_type = code
    ? client_id = <client_id>
    ? redirect_uri = https://carrick.example.com/oauth/callback/dry-run
    ? state = <state>
    ? code_challenge = <code_challenge>
    ? code_challenge_method = S256
    ? scope = read write
    ? prompt = consent
The browser comes back with:
  state = <state>
  code = <code>
When connecting, the provider receives:
  POST https://acme.acme.example.com/token
    accept: application/json
    authorization: Basic base64(<client_id>:<client_secret>)
    content-type: application/x-www-form-urlencoded
    user-agent: Carrick
    body grant_type = authorization_code
    body code = <code>
    body redirect_uri = https://carrick.example.com/oauth/callback/dry-run
    body code_verifier = <code_verifier>
    body audience = acme
After authorization, the provider receives:
  GET https://api.acme.example.com/tenants
    accept: application/json
    authorization: Bearer <access_token>
The connection that is stored:
  connection config: team.id = sample
  connection config: tenant = acme
  connection config: site = acme
  credentials, sealed: access_token, refresh_token
  the token ends after 3600 seconds; in use it is refreshed after 2499
To refresh, the provider receives:
  POST https://acme.acme.example.com/token
    accept: application/json
    authorization: Basic base64(<client_id>:<client_secret>)
    content-type: application/x-www-form-urlencoded
    user-agent: Carrick
    body grant_type = refresh_token
    body refresh_token = <refresh_token>
A request through the proxy:
  GET https://api.acme.example.com/acme/things
    authorization: Bearer <access_token>
    x-tenant: acme
When the connection is deleted:
  POST https://acme.example.com/revoke
    accept: application/json
    authorization: Basic base64(<client_id>:<client_secret>)
    content-type: application/x-www-form-urlencoded
    user-agent: Carrick
    body token = <refresh_token>
    body token_type_hint = refresh_token
  POST https://acme.example.com/revoke
    accept: application/json
    authorization: Basic base64(<client_id>:<client_secret>)
    content-type: application/x-www-form-urlencoded
    user-agent: Carrick
    body token = <access_token>
    body token_type_hint = access_token

1 of 1 provider files are valid and run to their end.
"""

# An entry that is extended for each mode, and some of what is then printed, in this order.
MODES_SHOW = {
    "API_KEY": (
        "fellow",
        ("apiKey = <apiKey>", "To verify, the provider receives:", "x-api-key: <apiKey>"),
    ),
    "APP": (
        "github-app",
        (
            "https://github.com/acme/installations/new",
            "? state = <state>",
            "POST https://api.github.com/app/installations/1234567890123/access_tokens",
            "authorization: Bearer <JWT>",
            "the token ends after 3600 seconds",
        ),
    ),
    "AWS_SIGV4": (
        "aws-sigv4",
        (
            "body Action = AssumeRole",
            "body Action = GetCallerIdentity",
            "connection config: region = us6",
            "A request through the proxy:",
            "Signature=<signature>",
        ),
    ),
    "BASIC": ("freshdesk", ("authorization: Basic base64(<username>:<password>)",)),
    "BILL": ("bill", ("body password = <password>", "sessionid: <session_id>")),
    "CUSTOM": (
        "github-app-oauth",
        (
            "body code = <code>",
            "To verify, the provider receives:",
            "GET https://api.github.com/user/installations/1234567890123/repositories",
            "When connecting, the provider receives:",
            "/app/installations/1234567890123/access_tokens",
            "To refresh, the provider receives:",
        ),
    ),
    "INSTALL_PLUGIN": (
        "crisp-plugin-install",
        ("? payload = <state>", "Basic base64(<client_id>:<client_secret>)", "website_id = sample"),
    ),
    "JWT": ("ghost-admin", ("privateKey = <privateKey>", "authorization: Ghost <JWT>")),
    "MCP_OAUTH2": (
        "linear-mcp",
        (
            "When the integration is made:",
            "POST https://mcp.linear.app/register",
            "? code_challenge = <code_challenge>",
            "body client_secret = <registered_secret>",
        ),
    ),
    "MCP_OAUTH2_GENERIC": (
        "mcp-generic",
        (
            "/.well-known/oauth-protected-resource/api",
            "/.well-known/oauth-authorization-server",
            "? resource = https://acme.example.com",
            "connection config: oauth_resource_url = https://acme.example.com",
        ),
    ),
    "NONE": ("youcanbook-me-public", ("GET https://api.youcanbook.me/things",)),
    "OAUTH1": (
        "twitter",
        (
            "Asked before the browser leaves:",
            'oauth_signature="<signature>"',
            "? oauth_token = <access_token>",
            "POST https://api.twitter.com/oauth/access_token",
            "A request through the proxy:",
            'oauth_signature="<signature>"',
        ),
    ),
    "OAUTH2": ("xero", ("iss = https://identity.xero.com", "connection config: tenant_id = ")),
    "OAUTH2_CC": (
        "1password-users",
        ("client_secret = <client_secret>", "body grant_type = client_credentials"),
    ),
    "SIGNATURE": ("emarsys", ('x-wsse: UsernameToken Username="acme"', "<signature>")),
    "TBA": ("netsuite-tba", ('OAuth realm="ACME"', 'oauth_signature="<signature>"')),
    "TWO_STEP": (
        "sage-intacct",
        ("body: <?xml", "<password><userPassword></password>", "To refresh"),
    ),
}

WRONG = {
    "not the schema": ("pkse = false", "pkse"),
    "not the lint": ('token_params = { a = "${connectionConfig.x}" }', "token_params.a"),
    "not there yet": (
        'token_params = { audience = "${connectionConfig.tenant}" }\n'
        '[[post_connection]]\nurl = "https://acme.example.com/me"\nsets = { tenant = "id" }',
        "acme.toml: token_params.audience: A value is missing: connectionConfig.tenant.",
    ),
    "never said": (
        'webhook_metadata = ["site"]\n[api]\nbase_url = "https://acme.example.com"\n'
        'headers = { x-site = "${connectionConfig.site}" }',
        "acme.toml: api.headers.x-site: it is not sent: nothing gives its value",
    ),
    "a lookup without an API": (
        '[[post_connection]]\nurl = "/me"\nsets = { tenant = "id" }',
        "acme.toml: post_connection.1: tenant cannot be looked up",
    ),
    "a header of the transport's": (
        '[api]\nbase_url = "https://acme.example.com"\nheaders = { connection = "close" }',
        "acme.toml: api.base_url, api.headers, api.query: A header of the request",
    ),
}
OAUTH2 = """
display_name = "Acme"
auth_mode = "OAUTH2"
authorization_url = "https://acme.example.com/authorize"
token_url = "https://acme.example.com/token"
"""
API_KEY = '\ndisplay_name = "Acme"\nauth_mode = "API_KEY"\n'
WRONG_MODES = {
    "nowhere to verify": (
        API_KEY + '[api.verification]\npaths = ["/me"]\n',
        "acme.toml: token_url, token_params, token_response, api.verification: Nothing says where",
    ),
    "an input of the mode": (
        'display_name = "Acme"\nauth_mode = "AWS_SIGV4"\n'
        'token_url = "https://sts.amazonaws.com/"\n',
        "acme.toml: token_url, token_params, token_response, api.verification: region is missing.",
    ),
}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Checks a file of this text; the exit status and what is printed."""

    def run(text: str) -> tuple[int, str]:
        path = tmp_path / "acme.toml"
        path.write_text(text, "utf-8")
        status = main([str(path)])
        return status, capsys.readouterr().out

    return run


def test_every_request_of_a_flow_is_shown(run) -> None:
    assert run(ACME) == (0, ACME_PLAYED)


def test_the_guide_shows_what_is_printed(capsys) -> None:
    guide = (PACKAGED.parents[4] / "CONTRIBUTING.md").read_text("utf-8")
    command = re.search(
        r"`make provider FILE=(layers/\S+)` says:\n\n```\n(.*?)```", guide, re.DOTALL
    )
    assert command is not None

    assert main([str(PACKAGED.parents[4] / command[1])]) == 0

    assert capsys.readouterr().out == command[2]


def test_all_modes_have_an_example() -> None:
    assert MODES_SHOW.keys() == {str(mode) for mode in MODES}


@pytest.mark.parametrize("mode", MODES_SHOW)
def test_each_mode_is_played(run, mode: str) -> None:
    extended, expected = MODES_SHOW[mode]

    status, printed = run(f'extends = "{extended}"\ndisplay_name = "Acme"\n')

    assert status == 0, printed
    assert printed.startswith(f"acme.toml: Acme, {mode}\n")
    rest = printed
    for text in expected:
        before, found, rest = rest.partition(text)
        assert found, f"{text} after {before[-100:]}"


@pytest.mark.parametrize("mistake", [*WRONG, *WRONG_MODES])
def test_a_wrong_file_is_told_which_key_is_wrong(run, mistake: str) -> None:
    text, expected = WRONG_MODES.get(mistake) or (OAUTH2 + WRONG[mistake][0], WRONG[mistake][1])

    status, printed = run(text)

    assert status == 1
    assert expected in printed
    assert printed.endswith("0 of 1 provider files are valid and run to their end.\n")


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys) -> None:
    assert main([str(tmp_path / "nobody.toml")]) == 1
    assert "nobody.toml: No such file" in capsys.readouterr().out


def test_a_folder_is_each_of_its_files(tmp_path: Path, capsys) -> None:
    (tmp_path / "one.toml").write_text('extends = "freshdesk"\ndisplay_name = "One"\n', "utf-8")
    (tmp_path / "two.toml").write_text('extends = "one"\ndisplay_name = "Two"\n', "utf-8")

    assert main([str(tmp_path)]) == 1  # one that extends may not be extended

    printed = capsys.readouterr().out
    assert "one.toml: One, BASIC" in printed
    assert "two.toml is no valid provider file" in printed
    assert "1 of 2 provider files" in printed


@pytest.mark.parametrize("entry", PACKAGED_ENTRIES, ids=lambda entry: entry.name)
def test_every_packaged_entry_runs_to_its_end_and_shows_no_secret(entry: Provider) -> None:
    played = play(entry)
    printed = "\n".join(lines_of(played))

    assert not played.problems
    assert "${" not in printed
    ending = NOT_PLAYED.get(entry.name, "When the connection is deleted:")
    assert ending in printed
    readable = [printed, *_decoded(printed)]
    fields = {**entry.credentials, **entry.integration_config, **entry.assertion_option}
    named = [f"sample-{name}" for name, field in fields.items() if field.secret]
    for secret in (*played.secrets, *SECRETS, *named):
        assert not [text for text in readable if secret in text], secret


def _decoded(text: str) -> list[str]:
    """Words that are Base64 of something, as what they are."""
    words = re.findall(r"[A-Za-z0-9+/]{8,}={0,2}", text)
    padded = [word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4) for word in words]
    return [
        base64.b64decode(word).decode("latin-1")
        for word in padded
        if len(word.rstrip("=")) % 4 != 1
    ]
