"""A provider of apps on loopback, as GitHub is one: installations, their tokens, and users.

What an app proves itself with is checked by joserfc: signature, issuer and times.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tests.support.authorization_server import CLIENT_SECRET, write_provider
from tests.support.private_keys import PUBLIC_PEM

CLIENT_ID = "Iv1.client"
APP_ID = "12345"
Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class AppServer:
    """``installations``: id to the users who may see it. ``url`` has no slash at its end.

    ``returns`` replaces what the browser comes back with; ``None`` leaves a parameter out.
    """

    url: str = ""
    installations: dict[str, set[str]] = field(default_factory=lambda: {"77": {"user-1"}})
    user: str = "user-1"
    returns: dict[str, str | None] = field(default_factory=dict)
    user_seconds: int = 28_800
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _codes: dict[str, str] = field(default_factory=dict)
    _users: dict[str, str] = field(default_factory=dict)
    _refresh: dict[str, str] = field(default_factory=dict)

    def write_entry(self, folder: Path, auth_mode: str, name: str = "test-provider") -> None:
        """Write the entry, of mode APP or CUSTOM."""
        write_provider(
            folder,
            self.url,
            name,
            auth_mode=f'"{auth_mode}"',
            authorization_url='"${connectionConfig.appPublicLink}/installations/new"',
            app_token_url=f'"{self.url}/app/installations/${{connectionConfig.installation_id}}/t"',
            redirect_uri_metadata='["installation_id"]',
            account_id_paths='["installation_id"]',
            rotates_refresh_tokens="true",
            connection_config=(
                '{ appPublicLink = { format = "url", automated = true, '
                'hosts = ["apps.example.com"] }, '
                'installation_id = { format = "digits", automated = true } }'
            ),
            api=(
                f'{{ base_url = "{self.url}", verification = {{ paths = '
                '["/user/installations/${connectionConfig.installation_id}/repositories"] } }'
            ),
        )

    def authorize(self, location: str, *, auth_mode: str) -> str:
        """Install the app: where the browser goes then."""
        assert location.startswith("https://apps.example.com/x/installations/new?state=")
        state = parse_qs(urlsplit(location).query)["state"][0]
        path, params = "/app-auth/connect", {"installation_id": "77", "setup_action": "install"}
        if auth_mode == "CUSTOM":
            path = "/oauth/callback"
            params["code"] = f"canary-secret-code-{len(self._codes)}"
            self._codes[params["code"]] = self.user
        chosen = {**params, "state": state, **self.returns}
        query = urlencode({name: value for name, value in chosen.items() if value is not None})
        return f"{path}?{query}"

    def answer(self, method: str, path: str, body: str, bearer: str) -> Answer:
        """Answer one request."""
        params = dict(parse_qsl(body))
        self.requests.append((f"{method} {path}", params))
        parts = path.strip("/").split("/")
        if path == "/token":
            return self._user_token(params)
        if parts[:2] == ["app", "installations"]:
            return self._installation_token(parts[2], bearer)
        is_theirs = self._users.get(bearer, "?") in self.installations.get(parts[2], ())
        return (200, {"repositories": []}) if is_theirs else (404, {"message": "Not Found"})

    def _installation_token(self, installation: str, bearer: str) -> Answer:
        try:
            claims = jwt.decode(bearer, RSAKey.import_key(PUBLIC_PEM), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return 401, {"message": "A JSON web token could not be decoded"}
        lasts = claims["exp"] - time.time()
        if claims["iss"] != APP_ID or claims["iat"] > time.time() or not 0 < lasts <= 600:
            return 401, {"message": "The claims do not fit"}
        if installation not in self.installations:
            return 404, {"message": "Not Found", "status": "404"}
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3_600))
        number = len(self.requests)
        token = f"canary-secret-installation-{installation}-{number}"
        return 201, {"token": token, "expires_at": ends, "permissions": {"contents": "read"}}

    def _user_token(self, params: dict[str, str]) -> Answer:
        is_refresh = params.get("grant_type") == "refresh_token"
        known = self._refresh if is_refresh else self._codes
        user = known.pop(params.get("refresh_token" if is_refresh else "code", ""), None)
        is_client = (params.get("client_id"), params.get("client_secret")) == (
            CLIENT_ID,
            CLIENT_SECRET,
        )
        if user is None or not is_client or "redirect_uri" in params:
            return 200, {"error": "bad_verification_code"}
        number = len(self.requests)
        access, refresh = f"canary-secret-user-{number}", f"canary-secret-refresh-{number}"
        self._users[access], self._refresh[refresh] = user, user
        tokens = {"access_token": access, "refresh_token": refresh, "token_type": "bearer"}
        return 200, {**tokens, "expires_in": self.user_seconds}


@contextmanager
def running_app_server() -> Iterator[AppServer]:
    """A provider on a free port, ended with the block."""
    state = AppServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            bearer = self.headers.get("authorization", "").removeprefix("Bearer ")
            status, members = state.answer(self.command, self.path, body, bearer)
            content = json.dumps(members).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
