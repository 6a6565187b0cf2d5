"""A provider in this process that plays one entry: it takes what Carrick would send.

It stands where ``carrick.transport.client.Transport`` does. URL and message are checked as that one
checks them, and then answered as the entry says that the provider answers. Nothing is opened.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from carrick.catalog.known_values import stated_templates
from carrick.catalog.schema import Provider
from carrick.catalog.schema.api import Lookup
from carrick.catalog.templates import Reference, Text, parse, references
from carrick.clock import Clock, iso_z
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.xml_messages import to_xml
from carrick.transport.guard import check_url
from carrick.transport.message import request_bytes
from local.providers.samples import sample

LIFETIME_SECONDS = 3600
ACCESS_TOKEN, REFRESH_TOKEN = "sample-access-token", "sample-refresh-token"
FURTHER_TOKEN, FURTHER_REFRESH_TOKEN = "sample-further-token", "sample-further-refresh-token"
TOKEN_SECRET, SESSION_ID = "sample-token-secret", "sample-session-id"
CLIENT_ID, CLIENT_SECRET = "sample-registered-id", "sample-registered-secret"
SECRETS = (
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    FURTHER_TOKEN,
    FURTHER_REFRESH_TOKEN,
    TOKEN_SECRET,
    SESSION_ID,
    CLIENT_SECRET,
)
"""What this provider issues and nobody else may know."""


class ScriptedProvider:
    """``received`` is what it was asked, oldest first."""

    def __init__(self, entry: Provider, *, now: Clock) -> None:
        self.received: list[OutboundRequest] = []
        self._entry = entry
        self._now = now
        self._members = self._of_answers()
        self._ports: Collection[int] = ()

    def with_ports(self, ports: Collection[int]) -> "ScriptedProvider":
        """As ``Transport.with_ports``, but the same provider for good."""
        self._ports = ports
        return self

    def check(self, url: str) -> None:
        """As ``Transport.check``."""
        check_url(url, allow_loopback=False)

    def send(self, request: OutboundRequest, **_limits: Any) -> InboundResponse:
        """As ``Transport.send``, up to the socket. Raises ``EgressRefusedError``."""
        target = check_url(request.url, allow_loopback=False, ports=self._ports)
        request_bytes(request, target, user_agent="Carrick")
        self.received.append(request)
        return self._answer(request)

    def _answer(self, request: OutboundRequest) -> InboundResponse:
        for lookup in self._entry.post_connection:
            if _is_for(request, lookup):
                return _json(_tree(self._looked_up(lookup)))
        if self._entry.auth_mode == "MCP_OAUTH2_GENERIC":
            return self._of_mcp_server(request)
        return self._tokens()

    def _tokens(self) -> InboundResponse:
        entry, mode = self._entry, self._entry.auth_mode
        if mode == "OAUTH1":
            answer = _texts(self._members)
            kind = "application/x-www-form-urlencoded"
            return InboundResponse(200, {"content-type": kind}, urlencode(answer).encode())
        if mode == "AWS_SIGV4":
            return InboundResponse(200, {}, to_xml(self._of_sts()))
        if entry.token_body_format == "xml":
            root = entry.token_response.access_token_path.partition(".")[0]
            return InboundResponse(200, {}, to_xml({root: self._members[root]}))
        if not entry.token_response.access_token_path:
            return InboundResponse(200, self._headers(), ACCESS_TOKEN.encode())
        return _json(self._members, self._headers())

    def _headers(self) -> dict[str, str]:
        shape = self._entry.token_response
        headers = {name.lower(): f"sample-{name.lower()}" for name in shape.headers}
        return headers | ({"set-cookie": f"session={SESSION_ID}; Path=/"} if shape.cookies else {})

    def _of_answers(self) -> dict[str, Any]:
        """All that any token answer of this entry is read for, in one."""
        entry, shape = self._entry, self._entry.token_response
        holder = shape.token_object_path
        # Where that object holds a token of its own, the first one is beside it.
        above = f"{holder}." if holder and holder not in shape.further_tokens.values() else ""
        paths: dict[str, Any] = {
            "token_type": "DPoP" if entry.dpop else "Bearer",
            **dict.fromkeys(entry.account_id_paths, "sample-account"),
            **self._referred_to(),
            **{path: self._sample(path) for path in entry.token_response_metadata},
            f"{above}{shape.expires_path}": self._expiry(),
            f"{above}{shape.refresh_token_path}": REFRESH_TOKEN,
            f"{above}{shape.access_token_path}": ACCESS_TOKEN,
            **self._of_mode(),
        }
        for path in shape.further_tokens.values():
            paths |= {
                f"{path}.{shape.access_token_path}": FURTHER_TOKEN,
                f"{path}.{shape.refresh_token_path}": FURTHER_REFRESH_TOKEN,
                f"{path}.{shape.expires_path}": self._expiry(),
            }
        return dict(_tree(paths))

    def _of_mode(self) -> dict[str, Any]:
        entry, mode = self._entry, self._entry.auth_mode
        members: dict[str, Any] = {}
        if entry.pushed_authorization_request_url:
            members["request_uri"] = "urn:ietf:params:oauth:request_uri:sample"
        if mode in ("MCP_OAUTH2", "MCP_OAUTH2_GENERIC"):
            members |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        if mode in ("APP", "CUSTOM"):
            ends = iso_z(self._now() + LIFETIME_SECONDS)
            members |= {"token": ACCESS_TOKEN, "expires_at": ends}
        if mode == "BILL":
            members |= {"sessionId": SESSION_ID, "userId": "sample-user"}
        if mode == "OAUTH1":
            members |= {"oauth_token": ACCESS_TOKEN, "oauth_token_secret": TOKEN_SECRET}
        return members

    def _referred_to(self) -> dict[str, str]:
        """What later requests take from the answer: of a chain's step, or of the token answer."""
        steps = self._entry.additional_steps
        opening = [parse(step.token_url)[0] for step in steps]
        found = {}
        for _, text in stated_templates(self._entry):
            for ref in references(parse(text)):
                if ref.namespace.startswith("step"):
                    is_url = ref in opening
                    found[ref.name] = "https://acme.example.com" if is_url else f"sample-{ref.name}"
                elif ref.namespace == "credentials" and ref.name.startswith("raw."):
                    found[ref.name.removeprefix("raw.")] = "sample"
        return found

    def _sample(self, name: str) -> str:
        field = self._entry.connection_config.get(name)
        return sample(field) if field else "sample"

    def _looked_up(self, lookup: Lookup) -> dict[str, str]:
        return {path: self._sample(name) for name, path in lookup.sets.items()}

    def _expiry(self) -> int:
        entry, seconds = self._entry, LIFETIME_SECONDS
        if entry.token_response.expires == "at":
            seconds += int(self._now())
        return seconds * 1000 if entry.expires_in_unit == "milliseconds" else seconds

    def _of_sts(self) -> dict[str, Any]:
        key = {
            "AccessKeyId": "sample-access-key-id",
            "SecretAccessKey": TOKEN_SECRET,
            "SessionToken": ACCESS_TOKEN,
            "Expiration": iso_z(self._now() + LIFETIME_SECONDS),
        }
        return {"AssumeRoleResponse": {"AssumeRoleResult": {"Credentials": key}}}

    def _of_mcp_server(self, request: OutboundRequest) -> InboundResponse:
        """The server's own metadata, its issuer's, then clients and tokens (RFC 9728, RFC 8414)."""
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if b'"initialize"' in request.body:
            return InboundResponse(401)
        if "/oauth-protected-resource" in parts.path:
            return _json({"resource": origin, "authorization_servers": [origin]})
        if "/.well-known/" in parts.path:
            return _json(
                {
                    "issuer": origin,
                    "authorization_endpoint": f"{origin}/authorize",
                    "token_endpoint": f"{origin}/token",
                    "registration_endpoint": f"{origin}/register",
                    "code_challenge_methods_supported": ["S256"],
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                }
            )
        return _json(self._members)


def _is_for(request: OutboundRequest, lookup: Lookup) -> bool:
    nodes = parse(lookup.url.partition("?")[0])
    if isinstance(nodes[0], Reference):
        nodes = nodes[1:]
    pattern = "".join(re.escape(n.text) if isinstance(n, Text) else ".+" for n in nodes)
    address = request.url.partition("?")[0]
    return request.method == lookup.method and bool(re.search(f"{pattern}$", address))


def _json(content: Any, headers: Mapping[str, str] | None = None) -> InboundResponse:
    told = {"content-type": "application/json", **(headers or {})}
    return InboundResponse(200, told, json.dumps(content).encode())


def _texts(members: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in members.items() if not isinstance(value, dict)}


def _tree(paths: Mapping[str, Any]) -> Any:
    """Members by dotted path; digits count within a list."""
    tree: dict[str, Any] = {}
    for name in dict.fromkeys(path.partition(".")[0] for path in paths):
        below = {p.partition(".")[2]: v for p, v in paths.items() if p.startswith(f"{name}.")}
        tree[name] = _tree(below) if below else paths[name]
    if tree and all(name.isdigit() for name in tree):
        return [tree.get(str(place)) for place in range(max(map(int, tree)) + 1)]
    return tree
