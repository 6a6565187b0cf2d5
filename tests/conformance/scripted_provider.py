"""A provider that plays any entry: it takes what Carrick would write to the socket.

``ScriptedProvider`` stands where ``carrick.transport.client.Transport`` does. It checks the URL and
writes the bytes as that one does, then reads them as a server would. How it misbehaves is said by
``Switches``, one for each kind of token answer in the facts.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from carrick.catalog.schema import Provider
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.transport.guard import check_url
from carrick.transport.message import request_bytes
from tests.conformance.facts import Row
from tests.support.sample_inputs import sample


@dataclass(frozen=True, slots=True)
class Received:
    """One request as the provider reads it. ``params``: query and form or JSON body together."""

    method: str
    url: str
    headers: dict[str, str]
    params: dict[str, Any]
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Switches:
    """What is unusual about this provider's answers. ``looked_up``: members of those after."""

    token_path: str = "access_token"
    token_object: str = ""
    refresh_path: str = "refresh_token"
    expires_path: str = "expires_in"
    expires_at: bool = False
    milliseconds: bool = False
    form_encoded: bool = False
    oauth1: bool = False
    rotates: bool = True
    says_no_lifetime: bool = False
    members: Mapping[str, Any] = field(default_factory=dict)
    looked_up: Mapping[str, str] = field(default_factory=dict)


class ScriptedProvider:
    """Answers every token request; ``received`` is what it was asked, oldest first."""

    def __init__(self, switches: Switches, *, now: float) -> None:
        self.switches = switches
        self.received: list[Received] = []
        self._now = now
        self._issued = 0
        self._ports: Collection[int] = ()

    def with_ports(self, ports: Collection[int]) -> "ScriptedProvider":
        """As ``Transport.with_ports``, but the same provider for good."""
        self._ports = ports
        return self

    def send(self, request: OutboundRequest, **_limits: Any) -> InboundResponse:
        """As ``Transport.send``: the same checks, the same bytes, no socket."""
        target = check_url(request.url, allow_loopback=False, ports=self._ports)
        written = request_bytes(request, target, user_agent="Carrick")
        received = _read(written, request.url)
        self.received.append(received)
        if _asks_for_tokens(received):
            return self._tokens()
        tree = _tree(self.switches.looked_up)
        return InboundResponse(200, {"content-type": "application/json"}, json.dumps(tree).encode())

    def take(self) -> list[Received]:
        """What was received since the last call."""
        taken, self.received = self.received, []
        return taken

    def _tokens(self) -> InboundResponse:
        self._issued += 1
        shape = self.switches
        if shape.oauth1:
            return _temporary_credentials(f"canary-secret-access-{self._issued}")
        answer: dict[str, Any] = {"token_type": "Bearer"}
        tokens = {shape.token_path: f"canary-secret-access-{self._issued}"}
        if (shape.rotates or self._issued == 1) and shape.refresh_path not in tokens:
            tokens[shape.refresh_path] = f"canary-secret-refresh-{self._issued}"
        if not shape.says_no_lifetime:
            tokens[shape.expires_path] = self._expiry()
        if not shape.token_path:
            return InboundResponse(200, {"content-type": "text/plain"}, tokens[""].encode())
        holder = answer.setdefault(shape.token_object, {}) if shape.token_object else answer
        for path, value in tokens.items():
            _put(holder, path, value)
        for path, value in shape.members.items():
            _put(answer, path, value)
        if shape.form_encoded:
            text = urlencode(answer)
            kind = "application/x-www-form-urlencoded"
            return InboundResponse(200, {"content-type": kind}, text.encode())
        return InboundResponse(
            200, {"content-type": "application/json"}, json.dumps(answer).encode()
        )

    def _expiry(self) -> Any:
        seconds = 3600
        if self.switches.expires_at:
            return int(self._now + seconds)
        return seconds * 1000 if self.switches.milliseconds else seconds


def _temporary_credentials(token: str) -> InboundResponse:
    """An answer of either endpoint of RFC 5849 §2."""
    values = {"oauth_token": token, "oauth_token_secret": f"{token}-signs"}
    body = urlencode({**values, "oauth_callback_confirmed": "true"}).encode()
    return InboundResponse(200, {"content-type": "application/x-www-form-urlencoded"}, body)


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        tree = tree.setdefault(name, {})
    tree[last] = value


def _asks_for_tokens(received: Received) -> bool:
    """Whether it has something to exchange; what comes after a token has the token."""
    if "oauth_consumer_key" in received.headers.get("authorization", ""):
        return received.method == "POST" or not received.url.endswith("/things")
    return not any("canary-secret-access" in value for value in received.headers.values())


def _tree(paths: Mapping[str, str]) -> Any:
    """Members by dotted path; a digit counts within a list."""
    if any(path.partition(".")[0].isdigit() for path in paths):
        below = {path.partition(".")[2]: value for path, value in paths.items()}
        return [_tree(below)]
    tree: dict[str, Any] = {}
    for path in paths:
        name, dot, _ = path.partition(".")
        if not dot:
            tree[name] = paths[path]
        else:
            inner = {p.partition(".")[2]: v for p, v in paths.items() if p.startswith(f"{name}.")}
            tree[name] = _tree(inner)
    return tree


def _read(written: bytes, url: str) -> Received:
    head, _, body = written.partition(b"\r\n\r\n")
    first, _, rest = head.partition(b"\r\n")
    method = first.split(b" ")[0].decode()
    fields = BytesParser().parsebytes(rest + b"\r\n\r\n")
    headers = {name.lower(): value for name, value in fields.items()}
    kind = headers.get("content-type", "").partition(";")[0]
    parts = urlsplit(url)
    params: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    if kind == "application/json" and body:
        content = json.loads(body)
        params |= content if isinstance(content, dict) else {}
    elif kind == "application/x-www-form-urlencoded":
        params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return Received(method, address, headers, params, body, kind)


def switches_of(row: Row, entry: Provider) -> Switches:
    """How the provider of an entry answers, as the facts say."""
    shape = row.get("token_response", {})
    kept = {path: told(path, entry) for path in row.get("token_response_metadata", ())}
    looked_up = {
        path: told(name, entry)
        for lookup in entry.post_connection
        for name, path in lookup.sets.items()
    }
    return Switches(
        token_path=shape.get("token", "access_token"),
        refresh_path=shape.get("refresh_token", "refresh_token"),
        expires_path=shape.get("token_expiration", "expires_in"),
        token_object=row.get("alternate_access_token_response_path", ""),
        milliseconds=row.get("expires_in_unit") == "milliseconds",
        members=kept,
        looked_up=looked_up,
    )


def told(name: str, entry: Provider) -> str:
    """A value that the provider says, in the form that the entry asks for."""
    field = entry.connection_config.get(name)
    return sample(field) if field is not None else "1"
