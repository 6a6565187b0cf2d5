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
    part of the credentials that the backend reads then. Where the provider says no to other
    credentials, ``refused`` is the error's type that the application gets.
    """

    mode: str
    entry: str = ""
    given: Mapping[str, Any] | None = None
    stored: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
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
