"""A scriptable authorization server on loopback. Each misbehaviour is a named switch.

It plays the provider towards Carrick and the browser alike: ``authorize`` approves at once and
gives the redirect back. Every request to the token endpoint is kept, as the provider saw it.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

CLIENT_ID = "test-client"
CLIENT_SECRET = "canary-secret-client"
FURTHER = "canary-secret-further-refresh"


@dataclass(slots=True)
class Switches:
    """How the server behaves. The defaults behave well and rotate refresh tokens.

    ``further_token`` names an object in the answer to a code that holds another token, with a
    refresh token of its own; the answer to that one has no such object (Slack's ``authed_user``).
    """

    expires_in: Any = 3600
    rotates: bool = True
    gives_refresh_token: bool = True
    scope: str | None = None
    account: str = "account-1"
    checks_pkce: bool = True
    answer: tuple[int, dict[str, str], bytes] | None = None
    refresh_answer: tuple[int, dict[str, str], bytes] | None = None
    further_token: str = ""
    further_expires_in: Any = 3600
    further_refresh_answer: tuple[int, dict[str, str], bytes] | None = None
    before_answer: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A request to the token endpoint."""

    headers: dict[str, str]
    params: dict[str, str]


@dataclass(slots=True)
class AuthorizationServer:
    """The state of the server. ``url`` has no slash at its end."""

    url: str = ""
    switches: Switches = field(default_factory=Switches)
    requests: list[TokenRequest] = field(default_factory=list)
    refresh_token: str = ""
    live_refresh_tokens: set[str] = field(default_factory=set)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _issued: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def authorize(self, location: str, **extra: str) -> str:
        """Approve an authorization request; the redirect back to the client, with its code."""
        params = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        with self._lock:
            code = f"canary-secret-code-{len(self._codes)}"
            self._codes[code] = params
        query = urlencode({"code": code, "state": params["state"], **extra})
        return f"{params['redirect_uri']}?{query}"

    def refreshes(self) -> list[TokenRequest]:
        """The refresh requests so far."""
        return [r for r in self.requests if r.params.get("grant_type") == "refresh_token"]

    def exchanges(self) -> list[TokenRequest]:
        """The code exchanges so far."""
        return [r for r in self.requests if r.params.get("grant_type") == "authorization_code"]

    def token(self, request: TokenRequest) -> tuple[int, dict[str, str], bytes]:
        """Answer the token endpoint."""
        with self._lock:
            self.requests.append(request)
        self.switches.before_answer()
        is_refresh = request.params.get("grant_type") == "refresh_token"
        is_further = request.params.get("refresh_token", "").startswith(FURTHER)
        scripted = self.switches.refresh_answer if is_refresh else self.switches.answer
        if is_further:
            scripted = self.switches.further_refresh_answer
        if scripted is not None:
            return scripted
        with self._lock:
            error = self._refusal(request.params)
            if error:
                return _json(400, {"error": error})
            return _json(200, self._further() if is_further else self._tokens(is_refresh))

    def _refusal(self, params: dict[str, str]) -> str:
        if params.get("grant_type") == "refresh_token":
            return self._refresh_refusal(params.get("refresh_token", ""))
        if params.get("grant_type") == "client_credentials":
            return "" if params.get("client_secret") == CLIENT_SECRET else "invalid_client"
        asked = self._codes.pop(params.get("code", ""), None)
        if asked is None or params.get("redirect_uri") != asked["redirect_uri"]:
            return "invalid_grant"
        if not self.switches.checks_pkce:
            return ""
        digest = hashlib.sha256(params.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return "" if challenge == asked.get("code_challenge") else "invalid_grant"

    def _refresh_refusal(self, token: str) -> str:
        if token not in self.live_refresh_tokens:
            return "invalid_grant"
        if self.switches.rotates:
            self.live_refresh_tokens.remove(token)
        return ""

    def _tokens(self, is_refresh: bool) -> dict[str, Any]:
        self._issued += 1
        answer: dict[str, Any] = {
            "access_token": f"canary-secret-access-{self._issued}",
            "token_type": "Bearer",
            "account": self.switches.account,
        }
        if self.switches.expires_in is not None:
            answer["expires_in"] = self.switches.expires_in
        if self.switches.scope is not None:
            answer["scope"] = self.switches.scope
        if self.switches.gives_refresh_token and (self.switches.rotates or not is_refresh):
            self.refresh_token = f"canary-secret-refresh-{self._issued}"
            self.live_refresh_tokens.add(self.refresh_token)
            answer["refresh_token"] = self.refresh_token
        if self.switches.further_token and not is_refresh:
            answer[self.switches.further_token] = {"id": "u-1", **self._further()}
        return answer

    def _further(self) -> dict[str, Any]:
        self._issued += 1
        refresh_token = f"{FURTHER}-{self._issued}"
        self.live_refresh_tokens.add(refresh_token)
        return {
            "access_token": f"canary-secret-further-access-{self._issued}",
            "token_type": "user",
            "expires_in": self.switches.further_expires_in,
            "refresh_token": refresh_token,
        }


def _json(status: int, body: Any) -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, json.dumps(body).encode()


@contextmanager
def running_authorization_server() -> Iterator[AuthorizationServer]:
    """A server on a free port, ended with the block."""
    state = AuthorizationServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            is_json = "json" in self.headers.get("content-type", "")
            params = json.loads(body) if is_json else dict(parse_qsl(body))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer_headers, answer = state.token(TokenRequest(headers, params))
            self.send_response(status)
            for name, value in {**answer_headers, "content-length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_provider(
    folder: Path, server_url: str, name: str = "test-provider", **facts: str
) -> None:
    """A provider file for the server. ``facts`` are TOML values that replace or add to it."""
    values = {
        "display_name": '"Test Provider"',
        "auth_mode": '"OAUTH2"',
        "authorization_url": f'"{server_url}/authorize"',
        "token_url": f'"{server_url}/token"',
        "account_id_paths": '["account"]',
        "sources": "[]",
        **facts,
    }
    text = "\n".join(f"{key} = {value}" for key, value in values.items() if value)
    (folder / f"{name}.toml").write_text(text + "\n", encoding="utf-8")
