"""A browser as far as a flow needs one: it keeps cookies, follows nothing and runs no script."""

from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.support.authorization_server import AuthorizationServer
from tests.support.stack import Response
from tests.support.tenant import Tenant


@dataclass
class Browser:
    """One browser with its own cookies. ``location`` is where the last start sent it."""

    tenant: Tenant
    cookies: dict[str, str] = field(default_factory=dict)
    location: str = ""

    def start(self, token: str = "", integration: str = "test", query: str = "") -> "Browser":
        """Go to the start, with a session of its own unless one is given."""
        response = self.tenant.start(token or self.tenant.session(), integration, query)
        assert response.status == 302, response.text
        self.location = response.headers["location"]
        self._keep(response)
        return self

    def approve(self, server: AuthorizationServer, **extra: str) -> str:
        """Approve at the provider: the URL that it redirects to."""
        return server.authorize(self.location, **extra)

    @property
    def state(self) -> str:
        """The state of the last start."""
        query = urlsplit(self.location).query
        return dict(pair.split("=", 1) for pair in query.split("&"))["state"]

    def back(self, url: str, **headers: str) -> Response:
        """Come back by redirect."""
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        return self._send("GET", target, b"", headers)

    def deny(self, **params: str) -> Response:
        """Come back without a code."""
        path = urlsplit(self.tenant.stack.base_url + "/oauth/callback/test").path
        return self.back(f"{path}?{urlencode({'state': self.state, **params})}")

    def post_back(self, url: str) -> Response:
        """Come back by a form that the provider's page posts."""
        parts = urlsplit(url)
        form = {"content-type": "application/x-www-form-urlencoded"}
        return self._send("POST", parts.path, parts.query.encode(), form)

    def _send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Response:
        response = self.tenant.stack.http(
            method, target, headers=headers, body=body or None, cookies=self.cookies
        )
        self._keep(response)
        return response

    def _keep(self, response: Response) -> None:
        for cookie in response.set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
