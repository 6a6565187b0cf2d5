"""``authorization_server.mjs`` as a process of this test run, and what it tells of its requests."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.http_calls import send

PROGRAM = Path(__file__).with_name("authorization_server.mjs")
SECRET_MEMBERS = frozenset({"access_token", "refresh_token", "id_token", "code", "code_verifier"})

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Client:
    """A client as it is registered there. ``access_token_seconds`` is how long its tokens live.

    ``metadata`` are further members of its registration (RFC 7591 §2).
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    access_token_seconds: int
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def registration(self) -> dict[str, Any]:
        secret = {"client_secret": self.client_secret} if self.client_secret else {}
        return {
            "client_id": self.client_id,
            "redirect_uris": list(self.redirect_uris),
            "access_token_seconds": self.access_token_seconds,
            **secret,
            **self.metadata,
        }


class AuthorizationServer:
    """A running server. ``told`` grows by one member for each request that it has answered."""

    def __init__(self, process: "subprocess.Popen[str]", clients: Sequence[Client]) -> None:
        assert process.stdout is not None
        self._output = process.stdout
        self._client_secrets = {client.client_secret for client in clients}
        self.told: list[Told] = []
        line = self._output.readline()
        if not line:
            pytest.fail("The authorization server did not start: is tests/e2e installed (npm ci)?")
        self.issuer: str = json.loads(line)["issuer"]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self._output:
            self.told.append(json.loads(line))

    def token_requests(self, grant_type: str, *, client_id: str = "") -> list[Told]:
        """The requests to the token endpoint for this kind of grant, oldest first."""
        return [
            told
            for told in list(self.told)
            if (told.get("asked") or {}).get("grant_type") == grant_type
            and client_id in {"", told.get("client")}
        ]

    def successor_of(self, access_token: str) -> str:
        """The access token that the refresh token issued with this one was exchanged for, or ""."""
        refresh_token = next(
            told["answered"]["refresh_token"]
            for told in list(self.told)
            if told.get("answered", {}).get("access_token") == access_token
        )
        return next(
            (
                str(told["answered"].get("access_token", ""))
                for told in self.token_requests("refresh_token")
                if told["asked"]["refresh_token"] == refresh_token
            ),
            "",
        )

    def secrets(self) -> set[str]:
        """Every secret that it has issued or been sent, and those of the clients."""
        members = [
            (name, value)
            for told in list(self.told)
            for part in (told.get("asked") or {}, told.get("answered") or {})
            for name, value in part.items()
        ]
        return self._client_secrets | {value for name, value in members if name in SECRET_MEMBERS}

    def userinfo_status(self, access_token: str) -> int:
        """What the userinfo endpoint says to a token: 200 or 401."""
        return send("GET", f"{self.issuer}/me", bearer=access_token).status


@contextmanager
def running_authorization_server(
    clients: Sequence[Client],
    *,
    features: Mapping[str, Any] | None = None,
    resources: Sequence[str] = (),
) -> Iterator[AuthorizationServer]:
    """Start one with these clients. It ends with its standard input.

    ``features`` are oidc-provider's own words; tokens may be asked for ``resources``.
    """
    node = shutil.which("node")
    if node is None:
        pytest.fail("The end-to-end tests need Node.")
    asked = {
        "clients": [client.registration() for client in clients],
        "features": dict(features or {}),
        "resources": list(resources),
    }
    with subprocess.Popen(
        [node, str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        try:
            yield AuthorizationServer(process, clients)
        finally:
            process.stdin.close()
