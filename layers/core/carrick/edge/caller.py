"""Who calls, and may they: API key, connect session token or root key.

The one place that decides access. A route states its ``Access``; there is no default that lets
anybody in. The tenant is what the key says, never what the request says.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from carrick import identifiers
from carrick.clock import Clock
from carrick.edge.query import parse_query, text
from carrick.errors import ForbiddenError, UnauthenticatedError
from carrick.models.environment import ApiKey
from carrick.models.session import ConnectSession

KEY_CACHE_SECONDS = 30.0
KEY_CACHE_SIZE = 500
_PREFIX_LENGTH = len(identifiers.SESSION_TOKEN_PREFIX)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a route. Any of ``scopes`` admits an API key; empty admits none.

    ``cross_origin``: a page of another origin may read what a session is answered.
    """

    scopes: tuple[str, ...] = ()
    session: bool = False
    session_in_query: bool = False
    any_key: bool = False
    root: bool = False
    json_only: bool = True
    cross_origin: bool = False

    @property
    def needs_caller(self) -> bool:
        return bool(
            self.scopes or self.session or self.session_in_query or self.any_key or self.root
        )


PUBLIC = Access(json_only=False)
CROSS_ORIGIN = Access(json_only=False, cross_origin=True)
SESSION = Access(session=True, cross_origin=True)
SESSION_IN_QUERY = Access(session_in_query=True, json_only=False)
SESSION_OF_A_FORM = Access(session_in_query=True, json_only=False, cross_origin=True)
ROOT = Access(root=True)


def api_key(*scopes: str) -> Access:
    """An API key with at least one of these scopes."""
    return Access(scopes=scopes)


def session_or_key(*scopes: str) -> Access:
    """A connect session, or an API key with at least one of these scopes (any key if none)."""
    return Access(scopes=scopes, session=True, any_key=not scopes, cross_origin=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of a request. ``environment_id`` is empty for the root key."""

    environment_id: str
    scopes: tuple[str, ...] = ()
    session: ConnectSession | None = None

    def has_scope(self, scope: str) -> bool:
        """Exact, or covered by a granted ``prefix:*`` (contract §1.3)."""
        return any(
            granted == scope or (granted.endswith(":*") and scope.startswith(granted[:-1]))
            for granted in self.scopes
        )

    def require(self, scope: str) -> None:
        """Raise ``ForbiddenError`` unless the scope is granted."""
        if not self.has_scope(scope):
            raise ForbiddenError(f"Insufficient scope. Required: {scope}")


class KeyStore(Protocol):
    """Reads one stored API key."""

    def get_api_key(self, environment_id: str, key_id: str) -> ApiKey | None: ...


class SessionStore(Protocol):
    """Reads one live connect session by its token."""

    def get(self, token: str) -> ConnectSession | None: ...


class Authenticator:
    """Turns headers into a ``Caller``.

    A key that was found is remembered for 30 seconds, so that a warm token read needs one request
    to DynamoDB: a deleted key works at most that much longer (docs/security.md says so).
    """

    def __init__(
        self,
        *,
        keys: KeyStore | None = None,
        sessions: SessionStore | None = None,
        root_key: Callable[[], str] | None = None,
        now: Clock,
    ) -> None:
        self._keys = keys
        self._sessions = sessions
        self._root_key = root_key
        self._now = now
        self._cache: dict[tuple[str, str], tuple[float, ApiKey]] = {}

    def authenticate(self, headers: Mapping[str, str], raw_query: str, access: Access) -> Caller:
        """The caller, or ``UnauthenticatedError`` / ``ForbiddenError``."""
        if access.session_in_query:
            return self._session(_token_in_query(raw_query))
        token = _bearer(headers)
        takes_keys = access.scopes or access.any_key or access.root
        if access.session and (
            token.startswith(identifiers.SESSION_TOKEN_PREFIX) or not takes_keys
        ):
            return self._session(token)
        if access.root:
            return self._root(token)
        return self._key(token, access)

    def _key(self, token: str, access: Access) -> Caller:
        claimed = identifiers.parse_api_key(token)
        if claimed is None or not (access.scopes or access.any_key):
            raise UnauthenticatedError("That is not an API key.", code="invalid_secret_key_format")
        stored = self._stored_key(claimed)
        # Hashes are compared: 256 random bits need no slow hash (security requirement 47).
        if stored is None or not stored.matches(token):
            raise UnauthenticatedError("No such API key.", code="unknown_account")
        caller = Caller(stored.environment_id, stored.scopes)
        if not access.any_key and not any(caller.has_scope(scope) for scope in access.scopes):
            raise ForbiddenError(_insufficient(access.scopes))
        return caller

    def _stored_key(self, claimed: tuple[str, str]) -> ApiKey | None:
        cached = self._cache.get(claimed)
        if cached is not None and cached[0] > self._now():
            return cached[1]
        stored = self._keys.get_api_key(*claimed) if self._keys is not None else None
        if stored is not None:
            if len(self._cache) >= KEY_CACHE_SIZE:
                self._cache.clear()
            self._cache[claimed] = (self._now() + KEY_CACHE_SECONDS, stored)
        else:
            self._cache.pop(claimed, None)
        return stored

    def _session(self, token: str) -> Caller:
        prefix, random_part = token[:_PREFIX_LENGTH], token[_PREFIX_LENGTH:]
        if (
            prefix != identifiers.SESSION_TOKEN_PREFIX
            or len(random_part) != 64
            or not set(random_part) <= set("0123456789abcdef")
        ):
            raise UnauthenticatedError(
                "That is not a connect session token.",
                code="invalid_connect_session_token_format",
            )
        session = self._sessions.get(token) if self._sessions is not None else None
        if session is None:
            raise UnauthenticatedError(
                "The connect session is unknown or has ended.",
                code="unknown_connect_session_token",
            )
        return Caller(session.environment_id, ("environment:integrations:list",), session)

    def _root(self, token: str) -> Caller:
        expected = self._root_key() if self._root_key is not None else ""
        if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
            raise UnauthenticatedError("No such root key.", code="unknown_account")
        return Caller("", ("account:*",))


def _token_in_query(raw_query: str) -> str:
    query = parse_query(raw_query)
    token = text(query, "connect_session_token")
    if token is not None:
        return token
    if "public_key" in query:
        raise UnauthenticatedError(
            "Public keys are no longer taken. Use a connect session.",
            code="deprecated_authentication",
        )
    raise UnauthenticatedError(
        "connect_session_token is missing.", code="missing_connect_session_token"
    )


def _bearer(headers: Mapping[str, str]) -> str:
    header = headers.get("authorization", "")
    if not header:
        raise UnauthenticatedError("The Authorization header is missing.")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii() or " " in token:
        raise UnauthenticatedError(
            "Send Authorization: Bearer <key>.", code="malformed_auth_header"
        )
    return token


def _insufficient(scopes: tuple[str, ...]) -> str:
    if len(scopes) == 1:
        return f"Insufficient scope. Required: {scopes[0]}"
    return f"Insufficient scope. Required one of: {' or '.join(scopes)}"
