"""An OAuth 1.0a provider on loopback: the endpoints of ``oauthlib``, which check signature, nonce
and timestamp as in production. Only what is to be stored or looked up is written here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from oauthlib.oauth1 import RequestValidator, WebApplicationServer

from tests.support.authorization_server import CLIENT_SECRET, write_provider

CLIENT_ID = "oauth1-client-of-the-test"


@dataclass
class Records(RequestValidator):  # type: ignore[misc]
    """What the provider knows: ``account`` is whose token it issues, ``client_url`` its client."""

    account: str = "account-1"
    client_url: str = "https://carrick.example"
    methods: tuple[str, ...] = ("HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT")
    temporary: dict[str, dict[str, Any]] = field(default_factory=dict)
    access: dict[str, str] = field(default_factory=dict)
    seen: set[tuple[str, ...]] = field(default_factory=set)

    enforce_ssl = False
    client_key_length = request_token_length = access_token_length = (16, 64)
    verifier_length = (16, 64)
    dummy_client = dummy_request_token = dummy_access_token = "nobody"

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def allowed_signature_methods(self) -> tuple[str, ...]:
        return self.methods

    @property
    def safe_characters(self) -> set[str]:
        return super().safe_characters | {"-"}

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, **token):  # type: ignore[no-untyped-def]
        stamp = (client_key, timestamp, nonce)
        is_new = stamp not in self.seen
        self.seen.add(stamp)
        return is_new

    def validate_client_key(self, client_key, request):  # type: ignore[no-untyped-def]
        return client_key == CLIENT_ID

    def get_client_secret(self, client_key, request):  # type: ignore[no-untyped-def]
        return CLIENT_SECRET

    def get_default_realms(self, client_key, request):  # type: ignore[no-untyped-def]
        return []

    def check_realms(self, realms):  # type: ignore[no-untyped-def]
        return True

    def validate_requested_realms(self, client_key, realms, request):  # type: ignore[no-untyped-def]
        return True

    def get_realms(self, token, request):  # type: ignore[no-untyped-def]
        return []

    def validate_redirect_uri(self, client_key, redirect_uri, request):  # type: ignore[no-untyped-def]
        return redirect_uri.startswith(f"{self.client_url}/")

    def save_request_token(self, token, request):  # type: ignore[no-untyped-def]
        self.temporary[token["oauth_token"]] = {**token, "callback": request.redirect_uri}

    def verify_request_token(self, token, request):  # type: ignore[no-untyped-def]
        return token in self.temporary

    def validate_request_token(self, client_key, token, request):  # type: ignore[no-untyped-def]
        return token in self.temporary

    def get_request_token_secret(self, client_key, token, request):  # type: ignore[no-untyped-def]
        return self.temporary.get(token, {}).get("oauth_token_secret", "nobody")

    def get_redirect_uri(self, token, request):  # type: ignore[no-untyped-def]
        return self.temporary[token]["callback"]

    def save_verifier(self, token, verifier, request):  # type: ignore[no-untyped-def]
        self.temporary[token]["verifier"] = verifier["oauth_verifier"]

    def validate_verifier(self, client_key, token, verifier, request):  # type: ignore[no-untyped-def]
        return bool(verifier) and self.temporary.get(token, {}).get("verifier") == verifier

    def save_access_token(self, token, request):  # type: ignore[no-untyped-def]
        self.access[token["oauth_token"]] = token["oauth_token_secret"]

    def invalidate_request_token(self, client_key, request_token, request):  # type: ignore[no-untyped-def]
        del self.temporary[request_token]


@dataclass(slots=True)
class OAuth1Server:
    """``requests``: method, path and body of each request. ``url`` has no slash at its end."""

    url: str = ""
    records: Records = field(default_factory=Records)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    _endpoints: Any = None
    _issued: int = 0

    def __post_init__(self) -> None:
        self._endpoints = WebApplicationServer(self.records)
        self._endpoints.token_generator = self._token

    def write_entry(self, folder: Path, name: str = "test-provider", **facts: str) -> None:
        """Write the entry. ``facts`` are TOML values that replace or add to it."""
        values = {
            "auth_mode": '"OAUTH1"',
            "request_url": f'"{self.url}/request_token"',
            "token_url": f'"{self.url}/access_token"',
            "account_id_paths": '["user_id"]',
            "token_response_metadata": '["screen_name"]',
            **facts,
        }
        write_provider(folder, self.url, name, **values)

    def authorize(self, location: str) -> str:
        """Approve: the redirect back to the client, with the verifier."""
        headers, _, status = self._endpoints.create_authorization_response(location)
        assert status == 302
        return str(headers["Location"])

    def answer(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        """Answer one of the two requests."""
        self.requests.append((method, path, body))
        create, said = self._endpoints.create_request_token_response, {}
        if path.startswith("/access_token"):
            create = self._endpoints.create_access_token_response
            said = {"user_id": self.records.account, "screen_name": "somebody"}
        _, answer, status = create(
            f"{self.url}{path}", http_method=method, body=body, headers=headers, credentials=said
        )
        return status, answer or urlencode({"oauth_problem": "signature_invalid"})

    def _token(self) -> str:
        self._issued += 1
        return f"canary-secret-oauth1-{self._issued}"


@contextmanager
def running_oauth1_server() -> Iterator[OAuth1Server]:
    """A provider on a free port, ended with the block."""
    state = OAuth1Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            headers = {name.title(): value for name, value in self.headers.items()}
            if self.path.startswith("/authorize"):
                self.send_response(302)
                self.send_header("location", state.authorize(f"{state.url}{self.path}"))
                self.send_header("content-length", "0")
                self.end_headers()
                return
            status, text = state.answer(self.command, self.path, body, headers)
            self.send_response(status)
            self.send_header("content-type", "application/x-www-form-urlencoded")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer  # noqa: N815 - names of http.server

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
