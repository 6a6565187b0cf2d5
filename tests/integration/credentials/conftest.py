"""A customer of a provider that people fill in a form for, and the provider's API."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.authorization_server import AuthorizationServer
from tests.support.connections import Connections
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

PATHS = {
    "API_KEY": "/api-auth/api-key",
    "BASIC": "/api-auth/basic",
    "NONE": "/auth/unauthenticated",
    "OAUTH2_CC": "/oauth2/auth",
    "TWO_STEP": "/auth/two-step",
}
BODIES: dict[str, Any] = {
    "API_KEY": {"apiKey": "canary-secret-key"},
    "BASIC": {"username": "ada", "password": "canary-secret-password"},
    "NONE": None,
    "OAUTH2_CC": {"client_id": "ada", "client_secret": "canary-secret-own-client"},
    "TWO_STEP": {"type": "TWO_STEP", "user": "ada", "pin": "canary-secret-pin"},
}
TRIED = """
[api]
base_url = "{url}"
headers = {{ x-key = "${{apiKey}}" }}
[api.verification]
paths = ["/first", "/second"]
"""
ENTRIES = {
    "API_KEY": TRIED,
    "BASIC": TRIED.replace('headers = {{ x-key = "${{apiKey}}" }}\n', ""),
    "NONE": "",
    "OAUTH2_CC": """
token_url = "{url}/token"
""",
    "TWO_STEP": """
token_url = "{url}/login"
token_body_format = "json"

[token_params]
user = "${{credentials.user}}"
pin = "${{credentials.pin}}"

[token_response]
access_token_path = "data.token"
expires = "in"
expires_path = "data.seconds"

[[additional_steps]]
token_url = "{url}/exchange"
body_format = "json"
params = {{ ticket = "${{step1.ticket}}" }}

[credentials.user]
title = "User"

[credentials.pin]
title = "PIN"
secret = true
""",
}


@dataclass
class Forms:
    """A customer with an integration ``test`` of one mode."""

    tenant: Tenant
    api: ScriptedApi
    folder: Path
    mode: str = ""

    def use(self, mode: str) -> None:
        """Make the entry and the integration. Every call succeeds unless the test says else."""
        self.mode = mode
        text = f'display_name = "Form"\nauth_mode = "{mode}"\n'
        text += ENTRIES[mode].format(url=self.api.url)
        (self.folder / "form.toml").write_text(text, "utf-8")
        self.tell(1)
        body = {"provider": "form", "unique_key": "test"}
        answer = self.tenant.call("POST", "/integrations", body)
        assert answer.status == 200, answer.text

    def tell(self, number: int, seconds: int = 3600) -> None:
        """What the provider answers from now on: tokens of this number and lifetime."""
        token = f"canary-secret-token-{number}"
        self.api.answers |= {
            "GET /first": (404, {}),
            "GET /second": (200, {}),
            "POST /token": (200, {"access_token": token, "expires_in": seconds}),
            "POST /login": (200, {"ticket": f"canary-secret-ticket-{number}"}),
            "POST /exchange": (200, {"data": {"token": token, "seconds": seconds}}),
        }

    def submit(self, body: Any = ..., *, token: str = "", query: str = "", to: str = "test") -> Any:
        """Send the form as a browser would."""
        body = BODIES[self.mode] if body is ... else body
        session = token or self.tenant.session()
        path = f"{PATHS[self.mode]}/{to}?connect_session_token={session}{query}"
        return self.tenant.stack.http("POST", path, body=body)

    def connect(self, **options: Any) -> str:
        """Send it, and say which connection it made."""
        made: Response = self.submit(**options)
        assert made.status == 200, made.text
        return str(made.json()["connectionId"])

    def connections(self) -> list[Any]:
        """What the customer's list shows."""
        return list(self.tenant.call("GET", "/connections").json()["connections"])


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    with running_scripted_api() as running:
        yield running


@pytest.fixture
def forms(stack: RunningStack, api: ScriptedApi, tmp_path: Path) -> Forms:
    stack.set(PROVIDERS_OVERLAY_DIR=str(tmp_path))
    return Forms(Tenant(stack), api, tmp_path)


@pytest.fixture
def stored(forms: Forms) -> Connections:
    """Looks at what is stored of the customer's."""
    return Connections(forms.tenant, AuthorizationServer())
