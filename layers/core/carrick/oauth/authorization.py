"""The authorization request and its answer: RFC 6749 §4.1.1 and §4.1.2, RFC 9207 §2.4.

The answer's ``state`` is not compared here: the flow is found by it (RFC 9700 §4.7), so an answer
that reaches this module has a state that was ours, unused and unexpired.

Not here: request objects (RFC 9101), ``id_token``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from authlib.common.urls import quote

from carrick.errors import FlowError
from carrick.oauth.errors import readable, readable_code
from carrick.oauth.pkce import CODE_CHALLENGE_METHOD

_SET_HERE = frozenset(
    {
        "client_id",
        "redirect_uri",
        "state",
        "response_type",
        "code_challenge",
        "code_challenge_method",
    }
)

# Beyond what this module sets itself: ``resource`` says whom the token is for (RFC 8707), a request
# object replaces every other parameter (RFC 9101 §5), ``response_mode`` says where the code goes.
# A catalog entry may set these, a session may not; ``dpop_jkt`` names the flow's own key (RFC 9449
# §10). ``nonce`` is free: only who reads the ID token,
# the application, can check it.
PROTECTED_PARAMS = _SET_HERE | {
    "dpop_jkt", "resource", "request", "request_uri", "response_mode",
}  # fmt: skip

MAX_CODE_LENGTH = 8192
"""Characters. Codes of real providers stay below 3,000."""

_MAX_MESSAGE_LENGTH = 300

# What a parameter may hold without ending itself: for providers that refuse an encoded ``scope``.
_LEFT_ALONE = b"!$'()*+,-./:;=?@_~%"

_ERROR_NAMES = ("error", "error_code")
_DESCRIPTION_NAMES = ("error_description", "error_message", "error_reason")


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """All that an authorization URL is made of.

    ``provider_params`` are the catalog's, ``session_params`` the session's: the latter win,
    ``None`` removes, and protected names are passed over in silence. ``param_renames`` maps a
    standard name to the provider's, or to ``""`` to leave it out. With ``fragment`` the query
    follows ``#<fragment>?``. ``skip_empty`` drops parameters without a value. ``scope_unencoded``
    leaves the scope as it is, but for characters that would end the parameter.
    """

    endpoint: str
    client_id: str
    redirect_uri: str
    state: str = field(repr=False)
    scopes: tuple[str, ...]
    scope_separator: str = " "
    code_challenge: str | None = None
    provider_params: Mapping[str, str] = field(default_factory=dict)
    session_params: Mapping[str, str | None] = field(default_factory=dict)
    fragment: str | None = None
    skip_empty: bool = False
    scope_unencoded: bool = False
    param_renames: Mapping[str, str] = field(default_factory=dict)
    response_type: str = "code"


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """A good answer. The code is good for one use, within minutes."""

    code: str = field(repr=False)


def build_authorization_url(request: AuthorizationRequest) -> str:
    """The URL to send the browser to: an authorization code is asked for (RFC 9700 §2.1.2)."""
    params = authorization_params(request)
    scheme, host, path, endpoint_query, _ = urlsplit(request.endpoint)
    scope_name = request.param_renames.get("scope", "scope")
    query = "&".join(
        f"{_encoded(name)}="
        + _encoded(value, _LEFT_ALONE if request.scope_unencoded and name == scope_name else b"")
        for name, value in params.items()
    )
    kept = _kept_query(endpoint_query, params)
    if request.fragment is not None:
        return urlunsplit((scheme, host, path, kept, f"{request.fragment}?{query}"))
    return urlunsplit((scheme, host, path, f"{kept}&{query}" if kept else query, ""))


def referring_url(endpoint: str, params: Mapping[str, str]) -> str:
    """The endpoint with these parameters and what is left of its own query."""
    scheme, host, path, endpoint_query, _ = urlsplit(endpoint)
    query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in params.items())
    kept = _kept_query(endpoint_query, params)
    return urlunsplit((scheme, host, path, f"{kept}&{query}" if kept else query, ""))


def process_authorization_response(
    params: Mapping[str, str],
    *,
    code_param: str = "code",
    expected_issuer: str | None,
    issuer_required: bool,
) -> AuthorizationResponse:
    """The code in the parameters that came back with the browser.

    Raises ``FlowError``: ``iss_mismatch`` when ``iss`` is not, character by character, the issuer
    that was asked, or is missing though the server says that it sends one (RFC 9207 §2.4);
    ``callback_err`` with what the provider said, at most 300 characters, when there is no code.
    """
    # Before all else: another server's error says nothing about this flow either (RFC 9207 §2.4).
    if expected_issuer is not None:
        _check_issuer(params.get("iss"), expected_issuer, required=issuer_required)
    error = _first(params, _ERROR_NAMES)
    code = params.get(code_param, "")
    if error or not code:
        description = readable(_first(params, _DESCRIPTION_NAMES), _MAX_MESSAGE_LENGTH)
        opening = "The provider did not authorize this connection"
        parts = [part for part in (opening, readable_code(error), description) if part]
        raise FlowError(readable(": ".join(parts), _MAX_MESSAGE_LENGTH, mask=False))
    if len(code) > MAX_CODE_LENGTH:
        raise FlowError("The provider's authorization code is too long.")
    return AuthorizationResponse(code=code)


def _check_issuer(issuer: str | None, expected: str, *, required: bool) -> None:
    if issuer is None and not required:
        return
    if issuer != expected:
        raise FlowError(
            "The answer is not from the authorization server that was asked.", code="iss_mismatch"
        )


def authorization_params(request: AuthorizationRequest) -> dict[str, str]:
    """The parameters by their names on the wire, in a stable order, each once (RFC 6749 §3.1)."""
    own = {
        "response_type": request.response_type,
        "client_id": request.client_id,
        "redirect_uri": request.redirect_uri,
        "state": request.state,
    }
    if request.code_challenge is not None:
        own["code_challenge"] = request.code_challenge
        own["code_challenge_method"] = CODE_CHALLENGE_METHOD
    renames = request.param_renames
    params = {renames.get(name, name): value for name, value in own.items()}
    free = _free_params(request)
    # An empty scope is not allowed (RFC 6749 §3.3), and leaving it out asks for the default.
    if not free.get(scope_name := renames.get("scope", "scope")):
        free.pop(scope_name, None)
    params.update((name, value) for name, value in free.items() if value or not request.skip_empty)
    params.pop("", None)
    return params


def _free_params(request: AuthorizationRequest) -> dict[str, str]:
    """Scope, then what the catalog and the session add or change, without what they may not."""
    renames = request.param_renames
    renamed = {to for name, to in renames.items() if name in PROTECTED_PARAMS}
    set_here = {_canonical(name) for name in _SET_HERE | renamed}
    protected = {_canonical(name) for name in PROTECTED_PARAMS | renamed}
    free = {renames.get("scope", "scope"): request.scope_separator.join(request.scopes)}
    for name, value in request.provider_params.items():
        if _canonical(name) not in set_here:
            free[name] = value
    for name, wanted in request.session_params.items():
        if _canonical(name) in protected:
            continue
        if wanted is None:
            free.pop(name, None)
        else:
            free[name] = wanted
    return free


def _canonical(name: str) -> str:
    """What a lenient server may take a name for.

    ASP.NET ignores case; PHP drops leading space, cuts at ``[`` and NUL, and reads ``.`` and space
    as ``_``. Without this, ``Client.ID[]`` would be one more ``client_id``.
    """
    return re.split(r"[\[\x00]", name)[0].strip().replace(".", "_").replace(" ", "_").casefold()


def _kept_query(query: str, params: Mapping[str, str]) -> str:
    """The endpoint's own query, its bytes untouched, without what is set anew (RFC 6749 §3.1)."""
    taken = {_canonical(name) for name in _SET_HERE} | {_canonical(name) for name in params}
    return "&".join(
        pair
        for pair in query.split("&")
        if pair and _canonical(unquote_plus(pair.partition("=")[0])) not in taken
    )


def _encoded(text: str, left_alone: bytes = b"") -> str:
    """Percent-encoded, a space as ``%20``: form and plain URL decoders read that alike."""
    return str(quote(text.encode("utf-8", "replace"), left_alone))


def _first(params: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((params[name] for name in names if params.get(name)), "")
