"""An MCP server on loopback as far as authorization goes: it answers 401 and describes itself.

``documents`` are what it says, by path; a test changes or removes them. It plays the issuer too,
unless ``authorization_servers`` names another.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PROVIDER = """
display_name = "Any MCP server"
auth_mode = "MCP_OAUTH2_GENERIC"

[connection_config.mcp_server_url]
format = "token"
title = "MCP server URL"
"""
"""The packaged entry, but for the format of the URL: loopback has no https."""

RESOURCE_METADATA = "/.well-known/oauth-protected-resource/mcp"
SERVER_METADATA = "/.well-known/oauth-authorization-server"
REGISTRATION = "/register"


@dataclass(slots=True)
class McpServer:
    """``challenge`` is what stands in ``WWW-Authenticate``; ``asked`` are method, path and body."""

    url: str = ""
    challenge: str = ""
    documents: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def mcp_url(self) -> str:
        return f"{self.url}/mcp"

    def describe(self, authorization_server: str, **changes: Any) -> None:
        """Say what a good server says; the endpoints are another server's. ``None`` removes."""
        self.challenge = f'Bearer resource_metadata="{self.url}{RESOURCE_METADATA}"'
        resource = {"resource": self.mcp_url, "authorization_servers": [self.url]}
        metadata: dict[str, Any] = {
            "issuer": self.url,
            "authorization_endpoint": f"{authorization_server}/authorize",
            "token_endpoint": f"{authorization_server}/token",
            "registration_endpoint": f"{self.url}{REGISTRATION}",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
            **changes,
        }
        client = {"client_id": "registered", "client_secret": "canary-secret-registered"}
        self.documents = {
            RESOURCE_METADATA: (200, resource),
            SERVER_METADATA: (200, {k: v for k, v in metadata.items() if v is not None}),
            REGISTRATION: (201, client),
        }

    def bodies(self, path: str) -> list[Any]:
        """What was posted to a path."""
        return [
            json.loads(body) for method, to, body in self.asked if (method, to) == ("POST", path)
        ]

    def answer(self, method: str, path: str, body: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append((method, path, body))
        if path == "/mcp":
            told = {"www-authenticate": self.challenge} if self.challenge else {}
            return 401, told, b""
        status, document = self.documents.get(path, (404, {"error": "not_found"}))
        if isinstance(document, bytes):
            return status, {"content-type": "text/html"}, document
        headers = {"content-type": "application/json"}
        if 300 <= status < 400:
            return status, {"location": str(document)}, b""
        return status, headers, json.dumps(document).encode()


@contextmanager
def running_mcp_server() -> Iterator[McpServer]:
    """A server on a free port, ended with the block."""
    state = McpServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            status, headers, content = state.answer(self.command, self.path, body)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = reply  # noqa: N815 - names of http.server

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


def write_mcp_provider(folder: Path, name: str = "any-mcp", *, default: str = "") -> None:
    """The entry for servers that a person names; ``default`` is the one of who names none."""
    text = f'{PROVIDER}default = "{default}"\n' if default else PROVIDER
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
