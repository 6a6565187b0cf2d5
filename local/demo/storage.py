"""What the demo provider and the receiver remember, kept in one file across restarts."""

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin

from local.snapshot import write_private

MAX_DELIVERIES = 100
MAX_TOKENS = 1000


@dataclass(frozen=True, slots=True)
class Token(TokenMixin):  # type: ignore[misc]
    """An access token with its refresh token. ``family`` is one authorization; times in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str
    user: str
    family: str
    expires_at: float
    is_used_up: bool = False
    is_gone: bool = False

    def check_client(self, client: "Client") -> bool:
        return True  # there is only one

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return int(self.expires_at - time.time())

    def is_expired(self) -> bool:
        return self.expires_at <= time.time()

    def is_revoked(self) -> bool:
        return self.is_gone

    def get_user(self) -> str:
        return self.user


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):  # type: ignore[misc]
    """The one registered client."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...] = ()

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None  # RFC 9700 §4.1.3: exact matching, so the request must name one

    def get_allowed_scope(self, scope: str) -> str:
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(self.client_secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as it was received, and what its signatures proved."""

    received_at: str
    event_id: str
    body: str
    standard_signature: bool
    nango_signature: bool


class DemoStorage:
    """Client, tokens and deliveries. Threads may share one."""

    def __init__(self, path: Path, redirect_uris: tuple[str, ...]) -> None:
        self._path = path
        self._lock = threading.RLock()
        saved: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.client = Client(
            client_id=saved.get("client_id") or "demo-client",
            client_secret=saved.get("client_secret") or secrets.token_urlsafe(24),
            redirect_uris=redirect_uris,
        )
        self._tokens = [Token(**values) for values in saved.get("tokens", [])]
        self._deliveries = [Delivery(**values) for values in saved.get("deliveries", [])]
        self._save()

    def _save(self) -> None:
        state = {
            "client_id": self.client.client_id,
            "client_secret": self.client.client_secret,
            "tokens": [asdict(token) for token in self._tokens],
            "deliveries": [asdict(delivery) for delivery in self._deliveries],
        }
        write_private(self._path, json.dumps(state, indent=1))

    def add_token(self, token: Token) -> None:
        with self._lock:
            self._tokens = [*self._tokens, token][-MAX_TOKENS:]
            self._save()

    def find(self, wanted: Callable[[Token], bool]) -> Token | None:
        """The newest token for which ``wanted`` holds."""
        with self._lock:
            return next((token for token in reversed(self._tokens) if wanted(token)), None)

    def use_up(self, refresh_token: str) -> None:
        """A refresh token serves once."""
        self._change(
            lambda token: token.refresh_token == refresh_token,
            lambda token: replace(token, is_used_up=True),
        )

    def revoke(self, family: str) -> None:
        """End everything that came of one authorization."""
        self._change(
            lambda token: token.family == family, lambda token: replace(token, is_gone=True)
        )

    def _change(self, wanted: Callable[[Token], bool], change: Callable[[Token], Token]) -> None:
        with self._lock:
            self._tokens = [change(token) if wanted(token) else token for token in self._tokens]
            self._save()

    def add_delivery(self, delivery: Delivery) -> None:
        with self._lock:
            self._deliveries = [delivery, *self._deliveries][:MAX_DELIVERIES]
            self._save()

    def deliveries(self) -> list[Delivery]:
        """What was received, the newest first."""
        with self._lock:
            return list(self._deliveries)
