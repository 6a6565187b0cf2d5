"""A customer of the stack under test: an environment, a key, an integration, and whole flows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, AuthorizationServer
from tests.support.stack import Response, RunningStack


@dataclass
class Tenant:
    """Everything is made through the API, as a customer would."""

    stack: RunningStack
    name: str = "dev"
    api_key: str = ""
    environment_id: str = ""
    signing_key: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        answer = self.root("POST", "/environments", {"name": self.name})
        assert answer.status == 201, answer.text
        data = answer.json()["data"]
        self.environment_id = data["id"]
        self.api_key = data["api_key"]["token"]
        self.signing_key = data["webhook_signing_key"]

    def root(self, method: str, path: str, body: Any = None) -> Response:
        headers = {"authorization": f"Bearer {self.stack.root_key}"}
        return self.stack.http(method, path, headers=headers, body=body)

    def call(self, method: str, path: str, body: Any = None) -> Response:
        """A call with the environment's full-access key."""
        headers = {"authorization": f"Bearer {self.api_key}"}
        return self.stack.http(method, path, headers=headers, body=body)

    def key_with(self, *scopes: str) -> str:
        """Another API key, with these scopes only."""
        path = f"/environments/{self.environment_id}/api-keys"
        answer = self.root("POST", path, {"display_name": "limited", "scopes": list(scopes)})
        return str(answer.json()["data"]["token"])

    def integrate(self, name: str = "test", provider: str = "test-provider", **more: Any) -> None:
        """Make an integration of the test provider."""
        credentials = {
            "type": "OAUTH2",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scopes": "read,write",
        }
        body = {"provider": provider, "unique_key": name, "credentials": credentials, **more}
        answer = self.call("POST", "/integrations", body)
        assert answer.status == 200, answer.text

    def session(self, **body: Any) -> str:
        """The token of a connect session."""
        answer = self.call("POST", "/connect/sessions", {"end_user": {"id": "u1"}, **body})
        assert answer.status == 201, answer.text
        return str(answer.json()["data"]["token"])

    def reconnect_session(self, connection_id: str, **body: Any) -> str:
        """The token of a session that renews a connection."""
        asked = {"connection_id": connection_id, "integration_id": "test", **body}
        answer = self.call("POST", "/connect/sessions/reconnect", asked)
        assert answer.status == 201, answer.text
        return str(answer.json()["data"]["token"])

    def start(self, token: str, integration: str = "test", query: str = "") -> Response:
        """The browser goes to the start; its answer sends it to the provider."""
        path = f"/oauth/connect/{integration}?connect_session_token={token}{query}"
        return self.stack.http("GET", path)

    def back(self, url: str, cookies: Mapping[str, str]) -> Response:
        """The browser comes back to the callback."""
        parts = urlsplit(url)
        return self.stack.http("GET", f"{parts.path}?{parts.query}", cookies=dict(cookies))

    def connect(self, server: AuthorizationServer, token: str = "", **session: Any) -> str:
        """A whole flow; the id of the connection that it made."""
        started = self.start(token or self.session(**session))
        assert started.status == 302, started.text
        ended = self.back(server.authorize(started.headers["location"]), started.cookies)
        assert ended.status == 200, ended.text
        rows = self.call("GET", "/connections").json()["connections"]
        return str(rows[0]["connection_id"])

    def read(self, connection_id: str, query: str = "", integration: str = "test") -> Response:
        """Read a connection with its credentials."""
        path = f"/connections/{connection_id}?provider_config_key={integration}{query}"
        return self.call("GET", path)
