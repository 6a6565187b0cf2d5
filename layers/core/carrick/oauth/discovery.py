"""Who authorizes for a server, by its own words: RFC 9728 (resource), RFC 8414 (issuer).

What a server says of itself is believed only about itself: a protected resource is of the server's
own origin and covers it, and an issuer's document names that very issuer. Where its endpoints lie
is the issuer's business; that they may be reached is for ``transport.guard``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from carrick.errors import FlowError
from carrick.models.http import InboundResponse
from carrick.oauth.answers import members_of
from carrick.oauth.pkce import CODE_CHALLENGE_METHOD

CODE = "mcp_discovery_err"

_URL = r"https?://[A-Za-z0-9._:\[\]-]{1,260}(?:/[A-Za-z0-9._~!&'()*+,;=:@%/-]*)?"
_QUERY = r"(?:\?[A-Za-z0-9._~!&'()*+,;=:@%/?-]*)?"
_MAX_URL_LENGTH = 2048
_SCOPE = r"[\x21\x23-\x5b\x5d-\x7e]{1,255}"  # RFC 6749 §3.3
_MAX_SCOPES = 100
_RESOURCE = "oauth-protected-resource"
_OAUTH, _OPENID = "oauth-authorization-server", "openid-configuration"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What an answer of 401 says in ``WWW-Authenticate``. Both may be empty."""

    resource_metadata: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProtectedResource:
    """Whom tokens are for, and who issues them."""

    resource: str
    issuer: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerMetadata:
    """What Carrick uses of an authorization server's metadata (RFC 8414 §2); absent is empty."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    registration_endpoint: str
    revocation_endpoint: str
    pushed_authorization_request_endpoint: str
    auth_methods: tuple[str, ...]
    scopes: tuple[str, ...]
    iss_parameter: bool
    takes_metadata_documents: bool

    @property
    def endpoints(self) -> tuple[str, ...]:
        """All URLs that a browser or a request may be sent to."""
        found = (
            self.authorization_endpoint,
            self.token_endpoint,
            self.registration_endpoint,
            self.revocation_endpoint,
            self.pushed_authorization_request_endpoint,
        )
        return tuple(url for url in found if url)


def canonical(server_url: str) -> str:
    """A server's URL as a resource is named: host in lower case, no slash in place of a path."""
    scheme, host, path, _, _ = urlsplit(server_url)
    return urlunsplit((scheme.lower(), host.lower(), "" if path == "/" else path, "", ""))


def origin(url: str) -> str:
    """Scheme, host and port."""
    scheme, host, _, _, _ = urlsplit(url)
    return f"{scheme.lower()}://{host.lower()}"


def challenge_of(response: InboundResponse) -> Challenge:
    """The challenge of an answer without a token (RFC 9728 §5.1, RFC 6750 §3)."""
    if response.status != 401:
        return Challenge()
    header = response.headers.get("www-authenticate", "")[:8192]
    told = {
        name: found[1]
        for name in ("resource_metadata", "scope")
        if (found := re.search(rf'(?:^|[\s,]){name}="([^"\\]*)"', header))
    }
    return Challenge(told.get("resource_metadata", ""), _scopes(told.get("scope", "").split()))


def resource_metadata_urls(server_url: str) -> tuple[str, ...]:
    """Where a resource's metadata may be: below its path, then at the root (RFC 9728 §3.1)."""
    return _well_known(canonical(server_url), _RESOURCE)


def server_metadata_urls(issuer: str) -> tuple[str, ...]:
    """Where an issuer's metadata may be: RFC 8414 §3.1, then OpenID Connect Discovery §4."""
    base, path = origin(issuer), urlsplit(issuer).path.rstrip("/")
    inserted = tuple(f"{base}/.well-known/{name}{path}" for name in (_OAUTH, _OPENID))
    return inserted + ((f"{base}{path}/.well-known/{_OPENID}",) if path else ())


def process_resource_metadata(response: InboundResponse, server_url: str) -> ProtectedResource:
    """The metadata of a server. Raises ``FlowError`` if it is another's, or names no issuer."""
    members = _members(response)
    resource = canonical(_url(members, "resource"))
    if not _covers(resource, canonical(server_url)):
        raise refused("its metadata is that of another resource")
    issuers = members.get("authorization_servers")
    issuer = issuers[0] if isinstance(issuers, list) and issuers else None
    return ProtectedResource(
        resource, _checked(issuer, "authorization_servers"), _listed(members, "scopes_supported")
    )


def process_server_metadata(response: InboundResponse, issuer: str) -> ServerMetadata:
    """The metadata of an issuer. Raises ``FlowError`` unless it is its own, and takes S256."""
    members = _members(response)
    if members.get("issuer") != issuer:  # character by character (RFC 8414 §3.3)
        raise refused("its authorization server's metadata names another issuer")
    if CODE_CHALLENGE_METHOD not in _listed(members, "code_challenge_methods_supported"):
        raise refused("its authorization server does not say that it checks PKCE with S256")
    pushed = _optional(members, "pushed_authorization_request_endpoint")
    must_push = members.get("require_pushed_authorization_requests") is True
    methods = members.get("token_endpoint_auth_methods_supported")
    return ServerMetadata(
        issuer=issuer,
        authorization_endpoint=_url(members, "authorization_endpoint", query=True),
        token_endpoint=_url(members, "token_endpoint", query=True),
        registration_endpoint=_optional(members, "registration_endpoint"),
        revocation_endpoint=_optional(members, "revocation_endpoint"),
        pushed_authorization_request_endpoint=pushed if must_push else "",
        auth_methods=_scopes(methods) if isinstance(methods, list) else ("client_secret_basic",),
        scopes=_listed(members, "scopes_supported"),
        iss_parameter=members.get("authorization_response_iss_parameter_supported") is True,
        takes_metadata_documents=members.get("client_id_metadata_document_supported") is True,
    )


def refused(reason: str) -> FlowError:
    """The error for a server that cannot be connected. ``reason`` is ours."""
    return FlowError(f"The MCP server cannot be connected: {reason}.", code=CODE)


def _well_known(url: str, name: str) -> tuple[str, ...]:
    base, path = origin(url), urlsplit(url).path.rstrip("/")
    root = f"{base}/.well-known/{name}"
    return (f"{root}{path}", root) if path else (root,)


def _covers(resource: str, server_url: str) -> bool:
    """Whether a server is the resource, or lies below its path."""
    below = urlsplit(resource).path.rstrip("/") + "/"
    path = urlsplit(server_url).path.rstrip("/") + "/"
    return origin(resource) == origin(server_url) and path.startswith(below)


def _members(response: InboundResponse) -> Mapping[str, object]:
    members = members_of(response)
    if members is None:
        raise refused("its metadata is no JSON object")
    return members


def _url(members: Mapping[str, object], name: str, *, query: bool = False) -> str:
    return _checked(members.get(name), name, query=query)


def _optional(members: Mapping[str, object], name: str) -> str:
    return _url(members, name, query=True) if members.get(name) else ""


def _checked(value: object, name: str, *, query: bool = False) -> str:
    """A URL in plain characters, none of which mean something to a template or a shell."""
    if (
        not isinstance(value, str)
        or len(value) > _MAX_URL_LENGTH
        or not re.fullmatch(_URL + (_QUERY if query else ""), value)
    ):
        raise refused(f"{name} in its metadata is no URL")
    return value


def _listed(members: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = members.get(name)
    return _scopes(value) if isinstance(value, list) else ()


def _scopes(words: list[str]) -> tuple[str, ...]:
    """Words as scopes are written; all else is left out."""
    good = [word for word in words if isinstance(word, str) and re.fullmatch(_SCOPE, word)]
    return tuple(dict.fromkeys(good[:_MAX_SCOPES]))
