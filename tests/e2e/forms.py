"""Providers whose connections need no redirect: one of each auth mode, served by a scripted API.

To add a mode is to add a member to ``FORMS``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.scripted_api import Answer

KEY = "canary-secret-form-key"
PASSWORD = "canary-secret-form-password"
TOKEN = "canary-secret-form-token"


@dataclass(frozen=True, slots=True)
class Form:
    """One auth mode.

    ``entry`` is what its provider file has beside name and mode; ``{url}`` is the scripted API's,
    which gives ``answers``. ``given`` is what the application hands to the client, ``stored`` a
    part of the credentials that the backend reads then; ``integration`` is what its integration
    needs beside provider and key. Where the provider says no to other
    credentials, ``refused`` is the error's type that the application gets.
    """

    mode: str
    entry: str = ""
    given: Mapping[str, Any] | None = None
    stored: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    integration: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    refusals: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of its provider and of its integration."""
        return f"form-{self.mode.lower().replace('_', '-')}"

    def file(self, url: str) -> str:
        """Its provider file."""
        head = f'display_name = "Example {self.mode}"\nauth_mode = "{self.mode}"\n'
        return head + self.entry.replace("{url}", url)


VERIFIED = """
[api]
base_url = "{url}"
[api.verification]
paths = ["/verified"]
"""
TWO_STEP = """
token_url = "{url}/two-step"
token_body_format = "json"

[token_params]
user = "${credentials.user}"
pin = "${credentials.pin}"

[token_response]
access_token_path = "token"

[credentials.user]
title = "User"

[credentials.pin]
title = "PIN"
secret = true
"""
SIGNATURE = """
[self_signed_token]
protocol = "WSSE"
lifetime_seconds = 300

[credentials.username]
title = "User"

[credentials.password]
title = "Password"
secret = true
"""
# No user name and no password among the fields: the client would take it for BASIC.
JWT = """
[self_signed_token]
protocol = "HMAC"
lifetime_seconds = 300
signing_key = "${credentials.secret}"
header = { alg = "HS256", kid = "${credentials.keyId}" }
payload = { aud = "/admin/" }

[credentials.keyId]
title = "Key ID"

[credentials.secret]
title = "Secret"
secret = true
"""
ROLE = """
token_url = "{url}/sts"

[credentials.role_arn]
title = "Role"

[integration_config.awsAccessKeyId]
title = "Key"

[integration_config.awsSecretAccessKey]
title = "Secret"
secret = true
"""
ROLE_KEYS = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>ASIA-1</AccessKeyId>
<SecretAccessKey>{TOKEN}</SecretAccessKey><SessionToken>canary-secret-form-session</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
"""
FORMS = (
    Form(
        "API_KEY",
        VERIFIED.replace('"{url}"', '"{url}"\nheaders = { x-key = "${apiKey}" }'),
        {"apiKey": KEY},
        {"type": "API_KEY", "apiKey": KEY},
        {"GET /verified": (200, {})},
        refused="connection_test_failed",
        refusals={"GET /verified": (401, {})},
    ),
    Form(
        "BASIC",
        VERIFIED,
        {"username": "ada", "password": PASSWORD},
        {"type": "BASIC", "username": "ada", "password": PASSWORD},
        {"GET /verified": (200, {})},
        refused="connection_test_failed",
        refusals={"GET /verified": (401, {})},
    ),
    Form(
        "OAUTH2_CC",
        '\ntoken_url = "{url}/client-credentials"\n',
        {"client_id": "ada", "client_secret": PASSWORD},
        {"type": "OAUTH2_CC", "client_id": "ada", "client_secret": PASSWORD, "token": TOKEN},
        {"POST /client-credentials": (200, {"access_token": TOKEN, "expires_in": 3600})},
        refused="client_credentials_fetch_error",
        refusals={"POST /client-credentials": (401, {"error": "invalid_client"})},
    ),
    Form(
        "TWO_STEP",
        TWO_STEP,
        {"type": "TWO_STEP", "user": "ada", "pin": PASSWORD},
        {"type": "TWO_STEP", "user": "ada", "pin": PASSWORD, "token": TOKEN},
        {"POST /two-step": (200, {"token": TOKEN})},
        refused="two_step_credentials_fetch_error",
        refusals={"POST /two-step": (401, {})},
    ),
    Form(
        "JWT",
        JWT,
        {"type": "JWT", "keyId": "k-1", "secret": PASSWORD},
        {"type": "JWT", "keyId": "k-1", "secret": PASSWORD},
    ),
    Form(
        "SIGNATURE",
        SIGNATURE,
        {"type": "SIGNATURE", "username": "ada", "password": PASSWORD},
        {"type": "SIGNATURE", "username": "ada", "password": PASSWORD},
    ),
    Form(
        "TBA",
        VERIFIED,
        {"token_id": "t-1", "token_secret": TOKEN},
        {"type": "TBA", "token_id": "t-1", "token_secret": TOKEN},
        {"GET /verified": (200, {})},
        integration={
            "credentials": {"type": "TBA", "client_id": "consumer", "client_secret": PASSWORD}
        },
        refused="connection_test_failed",
        refusals={"GET /verified": (401, {})},
    ),
    Form(
        "BILL",
        '\ntoken_url = "{url}/sign-in"\n',
        {"username": "ada", "password": PASSWORD, "organization_id": "o-1", "dev_key": KEY},
        {"type": "BILL", "organization_id": "o-1", "dev_key": KEY, "session_id": TOKEN},
        {"POST /sign-in": (200, {"sessionId": TOKEN, "userId": "u-1"})},
        refused="bill_credentials_fetch_error",
        refusals={"POST /sign-in": (401, {})},
    ),
    Form(
        "AWS_SIGV4",
        ROLE,
        {
            "type": "AWS_SIGV4",
            "role_arn": "arn:aws:iam::123456789012:role/carrick",
            "region": "eu-central-1",
        },
        {"type": "AWS_SIGV4", "access_key_id": "ASIA-1", "secret_access_key": TOKEN},
        {"POST /sts": (200, ROLE_KEYS)},
        integration={
            "integration_config": {"awsAccessKeyId": "AKIA-1", "awsSecretAccessKey": PASSWORD}
        },
    ),
    Form("NONE"),
)

SCRIPTED = """
display_name = "Example Tokens"
auth_mode = "OAUTH2"
authorization_url = "{demo}/authorize"
token_url = "{url}/oauth2/token"
account_id_paths = ["account"]
"""
"""People approve at the demo provider; what the token endpoint answers, a test says."""
