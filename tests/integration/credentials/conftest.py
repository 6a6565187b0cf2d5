"""A customer of a provider that people fill in a form for, and the provider's API."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import carrick.catalog
from functions.credentials.app import OUTBOUND, ROUTES
from tests.support.authorization_server import AuthorizationServer
from tests.support.connections import Connections
from tests.support.scripted_api import ScriptedApi, running_scripted_api
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant

PROVIDERS = Path(carrick.catalog.__file__).parent / "providers"
# Nothing is filled in for an installation: tests/integration/provider_webhook/ has its tests.
PATHS = {mode: path for path, _, modes in ROUTES for mode in sorted(modes) if path != OUTBOUND}
"""Each mode that has a form, and the route that it is sent to."""

BODIES: dict[str, Any] = {
    "API_KEY": {"apiKey": "canary-secret-key"},
    "BASIC": {"username": "ada", "password": "canary-secret-password"},
    "AWS_SIGV4": {"role_arn": "arn:aws:iam::123456789012:role/carrick", "region": "eu-central-1"},
    "BILL": {
        "username": "ada",
        "password": "canary-secret-password",
        "organization_id": "o-1",
        "dev_key": "canary-secret-dev-key",
    },
    "JWT": {"type": "JWT", "keyId": "k-1", "secret": "canary-secret-signs-tokens-well"},
    "NONE": None,
    "OAUTH2_CC": {"client_id": "ada", "client_secret": "canary-secret-own-client"},
    "SIGNATURE": {"type": "SIGNATURE", "username": "ada", "password": "canary-secret-wsse"},
    "TBA": {"token_id": "t-1", "token_secret": "canary-secret-tba"},
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
    "AWS_SIGV4": """
token_url = "{url}/sts"

[credentials.role_arn]
title = "Role"

[integration_config.awsAccessKeyId]
title = "Key"
optional = true

[integration_config.awsSecretAccessKey]
title = "Secret"
secret = true
optional = true

[integration_config.service]
title = "Service"
optional = true
""",
    "BILL": """
token_url = "{url}/sign-in"
""",
    "JWT": """
[self_signed_token]
protocol = "HMAC"
signing_key = "${{credentials.secret}}"
lifetime_seconds = 300
header = {{ alg = "HS256", kid = "${{credentials.keyId}}" }}
payload = {{ aud = "/admin/", scope = ["${{connectionConfig.scope}}"] }}

[connection_config.scope]
title = "Scope"
optional = true

[credentials.keyId]
title = "Key ID"

[credentials.secret]
title = "Secret"
secret = true
"""
    + TRIED.replace('x-key = "${{apiKey}}"', 'authorization = "Bearer ${{accessToken}}"'),
    "NONE": "",
    "OAUTH2_CC": """
token_url = "{url}/token"
""",
    "SIGNATURE": """
[self_signed_token]
protocol = "WSSE"
lifetime_seconds = 300

[credentials.username]
title = "User"

[credentials.password]
title = "Secret"
secret = true
"""
    + TRIED.replace('x-key = "${{apiKey}}"', 'x-wsse = "${{accessToken}}"'),
    "TBA": TRIED.replace('headers = {{ x-key = "${{apiKey}}" }}\n', ""),
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

INTEGRATIONS: dict[str, Any] = {
    "AWS_SIGV4": {
        "integration_config": {
            "awsAccessKeyId": "AKIA-own",
            "awsSecretAccessKey": "canary-secret-aws-own",
            "service": "s3",
        }
    },
    "TBA": {
        "credentials": {
            "type": "TBA",
            "client_id": "consumer",
            "client_secret": "canary-secret-consumer",
        }
    },
}
ROLE_KEYS = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><Credentials><AccessKeyId>ASIA-{number}</AccessKeyId>
<SecretAccessKey>{token}</SecretAccessKey><SessionToken>canary-secret-session</SessionToken>
<Expiration>{end}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


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
        body = {"provider": "form", "unique_key": "test", **INTEGRATIONS.get(mode, {})}
        answer = self.tenant.call("POST", "/integrations", body)
        assert answer.status == 200, answer.text

    def use_entry(self, name: str, mode: str, **integration: Any) -> None:
        """Make an integration of a packaged entry, with the scripted API as its hosts."""
        self.mode = mode
        text = (PROVIDERS / f"{name}.toml").read_text("utf-8")
        assert f'auth_mode = "{mode}"' in text
        text = re.sub(r'(?<!docs = )"https://[^/"]+', f'"{self.api.url}', text)
        (self.folder / f"{name}.toml").write_text(text, "utf-8")
        body = {"provider": name, "unique_key": "test", **integration}
        answer = self.tenant.call("POST", "/integrations", body)
        assert answer.status == 200, answer.text

    def tell(self, number: int, seconds: int = 3600) -> None:
        """What the provider answers from now on: tokens of this number and lifetime."""
        token = f"canary-secret-token-{number}"
        end = datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()
        self.api.answers |= {
            "POST /sts": (200, ROLE_KEYS.format(number=number, token=token, end=end)),
            "POST /sign-in": (200, {"sessionId": token, "userId": "u-1"}),
            "GET /first": (404, {}),
            "GET /second": (200, {}),
            "POST /token": (200, {"access_token": token, "expires_in": seconds}),
            "POST /login": (200, {"ticket": f"canary-secret-ticket-{number}"}),
            "POST /exchange": (200, {"data": {"token": token, "seconds": seconds}}),
        }

    def submit(
        self,
        body: Any = ...,
        *,
        token: str = "",
        query: str = "",
        to: str = "test",
        origin: str = "",
    ) -> Any:
        """Send the form as a browser would, on a page of an origin."""
        headers = {"origin": origin} if origin else {}
        body = BODIES[self.mode] if body is ... else body
        session = token or self.tenant.session()
        path = f"{PATHS[self.mode]}/{to}?connect_session_token={session}{query}"
        return self.tenant.stack.http("POST", path, headers=headers, body=body)

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
