"""Token requests and answers: RFC 6749 §4.1.3, §4.1.4, §5.1, §6; RFC 7636 §4.5.

What real token answers need beyond the RFC, in the order in which it is handled:

1. Body JSON or form-encoded, and an error stated with status 200: ``answers``.
2. A token at a path, or in an object where the top level has none (Slack's ``authed_user``).
3. An access token of another type than text, empty, or with characters that no header can carry:
   refused. So is a ``token_type`` that asks for a signature on each request.
4. No refresh token on refresh: the old one stays good (§6).
5. ``expires_in`` as text, in milliseconds, absent, absurd, or as a date: ``lifetime``.
6. ``scope`` as a list (Twitch): joined by spaces. Absent: ``None``, meaning as requested (§5.1).

Not here: implicit and password grants (RFC 9700 §2.1.2, §2.4), client credentials, device codes,
checking an ``id_token``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from authlib.common.urls import add_params_to_uri, url_encode

from carrick.errors import ProviderConfigurationError
from carrick.models.http import InboundResponse, OutboundRequest
from carrick.oauth.answers import (
    Members,
    at_path,
    error_of,
    members_of,
    names_a_code,
    states_error,
)
from carrick.oauth.client_auth import Client, authenticate
from carrick.oauth.errors import readable, unusable_answer
from carrick.oauth.lifetime import expires_at

USER_AGENT = "Carrick"

PROTECTED_PARAMS = frozenset(
    {
        "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "client_id",
        "client_secret", "client_assertion", "client_assertion_type",
    }
)  # fmt: skip

_VISIBLE = r"[\x20-\x7e]+"  # RFC 6749 appendix A.12 and A.17
_SIGNED_TYPES = frozenset({"mac", "dpop", "pop"})


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where and how a provider takes token requests.

    ``body_format`` is ``form``, ``json`` or ``query``; a GET has its parameters in the query in any
    case. ``params`` are sent beside the standard ones and never in their place. ``param_renames``
    maps a standard name to the provider's, or to ``""`` to leave it out.
    """

    url: str
    body_format: str = "form"
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    param_renames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Where a provider's token answer holds what. Paths are dotted member names.

    With ``dpop`` a token may be bound to the key that was proved with the request (RFC 9449).
    """

    access_token_path: str = "access_token"  # noqa: S105 - a member's name
    token_object_path: str = ""
    refresh_token_path: str = "refresh_token"  # noqa: S105
    expires_in_unit: str = "seconds"
    fixed_lifetime_seconds: int | None = None
    dpop: bool = False


@dataclass(frozen=True, slots=True)
class TokenSet:
    """A good token answer. ``expires_at`` is in epoch seconds; ``raw`` is the whole answer."""

    access_token: str = field(repr=False)
    token_type: str
    refresh_token: str | None = field(repr=False)
    expires_at: float | None
    scope: str | None
    raw: Members = field(repr=False)


def build_code_request(
    endpoint: TokenEndpoint,
    client: Client,
    *,
    code: str,
    redirect_uri: str,
    code_verifier: str | None,
) -> OutboundRequest:
    """The request that exchanges an authorization code (RFC 6749 §4.1.3, RFC 7636 §4.5).

    ``redirect_uri`` is empty where the authorization request had none.
    """
    grant = {"grant_type": "authorization_code", "code": code}
    if redirect_uri:
        grant["redirect_uri"] = redirect_uri
    if code_verifier is not None:
        grant["code_verifier"] = code_verifier
    return build_endpoint_request(endpoint, client, grant)


def build_refresh_request(
    endpoint: TokenEndpoint, client: Client, *, refresh_token: str, scope: str | None = None
) -> OutboundRequest:
    """The request for a fresh access token (RFC 6749 §6). ``scope`` may narrow, never widen."""
    grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    if scope is not None:
        grant["scope"] = scope
    return build_endpoint_request(endpoint, client, grant)


def build_endpoint_request(
    endpoint: TokenEndpoint, client: Client, grant: Mapping[str, str]
) -> OutboundRequest:
    """An authenticated request with the parameters of ``grant``, in the endpoint's own format."""
    auth_headers, auth_params = authenticate(client)
    renames = endpoint.param_renames
    own = {renames.get(name, name): value for name, value in {**grant, **auth_params}.items()}
    taken = PROTECTED_PARAMS | own.keys() | set(renames.values())
    own.update((name, value) for name, value in endpoint.params.items() if name not in taken)
    own.pop("", None)
    return _encoded(endpoint, own, auth_headers)


def build_plain_request(endpoint: TokenEndpoint) -> OutboundRequest:
    """A request with the entry's own parameters only: for exchanges that are not OAuth 2."""
    return _encoded(endpoint, endpoint.params, {})


def _encoded(
    endpoint: TokenEndpoint, own: Mapping[str, str], auth_headers: Mapping[str, str]
) -> OutboundRequest:
    """A request with these parameters, in the endpoint's own format."""
    url, body, content_type = endpoint.url, b"", ""
    if endpoint.method.upper() == "GET" or endpoint.body_format == "query":
        url = str(add_params_to_uri(url, list(own.items())))
    elif endpoint.body_format == "json":
        body, content_type = json.dumps(own).encode("ascii"), "application/json"
    elif endpoint.body_format == "form":
        body = str(url_encode(list(own.items()))).encode("ascii")
        content_type = "application/x-www-form-urlencoded"
    else:
        raise ValueError(f"no such body format: {endpoint.body_format}")
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
    if content_type:
        headers["Content-Type"] = content_type
    headers = _laid_over(_laid_over(headers, endpoint.headers), auth_headers)
    return OutboundRequest(method=endpoint.method.upper(), url=url, headers=headers, body=body)


def process_token_response(
    response: InboundResponse,
    rules: TokenRules,
    *,
    now: float,
    previous_refresh_token: str | None = None,
) -> TokenSet:
    """The tokens in an answer. ``now`` is in epoch seconds, taken before the request was sent.

    Raises ``ProviderRejectedError``, ``ProviderConfigurationError`` or ``ProviderUnavailableError``
    (``oauth.errors`` says which). No text of theirs holds a token.
    """
    members = members_of(response)
    if members is None or not 200 <= response.status < 300 or states_error(members):
        raise error_of(response, members, now)
    holder = _holder(members, rules)
    access_token = _credential(at_path(holder, rules.access_token_path), response.status)
    if access_token is None:
        if names_a_code(members):
            raise error_of(response, members, now)
        raise unusable_answer("it has no access token", response.status)
    # What belongs to the token stands beside it when its path leads into an object.
    beside = at_path(holder, rules.access_token_path.rpartition(".")[0])

    def member(path: str) -> object:
        near = at_path(beside, path)
        return near if near is not None else at_path(holder, path)

    refresh_token = _credential(member(rules.refresh_token_path), response.status)
    return TokenSet(
        access_token=access_token,
        token_type=_token_type(member("token_type"), response.status, dpop=rules.dpop),
        refresh_token=refresh_token or previous_refresh_token or None,
        expires_at=expires_at(
            member,
            now=now,
            unit=rules.expires_in_unit,
            fixed_seconds=rules.fixed_lifetime_seconds,
        ),
        scope=_scope(member("scope")),
        raw=members,
    )


def _laid_over(headers: Mapping[str, str], upper: Mapping[str, str]) -> dict[str, str]:
    """Both together; of one name in two spellings only the upper one."""
    names = {name.lower() for name in upper}
    kept = {name: value for name, value in headers.items() if name.lower() not in names}
    return {**kept, **upper}


def _holder(members: Members, rules: TokenRules) -> Members:
    """The object to take all from: never one person's access with another's refresh token."""
    inner = at_path(members, rules.token_object_path)
    is_here = bool(at_path(members, rules.access_token_path))
    return inner if isinstance(inner, dict) and not is_here else members


def _credential(value: object, status: int) -> str | None:
    if value is None or value is False or value == "":
        return None
    if not isinstance(value, str):
        raise unusable_answer(f"a token is of type {type(value).__name__}", status)
    if not re.fullmatch(_VISIBLE, value):
        raise unusable_answer("a token has characters that no header can carry", status)
    return value


def _token_type(value: object, status: int, *, dpop: bool) -> str:
    """Bearer when absent. Others pass (Slack's ``bot``), but for those that need a signature."""
    if value is None or value == "":
        return "Bearer"
    if not isinstance(value, str):
        raise unusable_answer(f"token_type is of type {type(value).__name__}", status)
    if value.lower() in _SIGNED_TYPES - ({"dpop"} if dpop else set()):
        raise ProviderConfigurationError(
            f"The provider issued a token of type {value}, which needs a proof on each request.",
            provider_code="unsupported_token_type",
            status=status,
        )
    return readable(value, 40)


def _scope(value: object) -> str | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return value if isinstance(value, str) else None
