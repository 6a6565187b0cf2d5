"""Tokens beside the first one of an answer, each with an end and a refresh token of its own.

Slack gives an app's token and, in an object, that of the person who installed it. The entry names
such objects (``token_response.further_tokens``). They are members of the credentials, under
``further_tokens`` and their name; dates are as on the wire. The end of the one that ends first is
that of the credentials, so that it is what the schedule goes by. All are renewed together, the
first token before the others. What fails then leaves the others as they came: it is asked for again
an hour later, and not any more once the provider has refused its refresh token twice.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from carrick import clock, observability
from carrick.catalog.schema import Provider
from carrick.domain import oauth2
from carrick.errors import CarrickError, ProviderRejectedError
from carrick.models.credentials import Credentials
from carrick.models.http import InboundResponse
from carrick.oauth.answers import at_path
from carrick.oauth.token import TokenRules, TokenSet, process_token_response

ASK_AGAIN_SECONDS = 3_600.0

# A refresh token may be used up by asking: with less time than this it is left for the next time.
LEAST_SECONDS = 4.0

Token = Mapping[str, Any]

Renew = Callable[[str, TokenRules, float], TokenSet]
"""Asks with a refresh token: the token, where its answer holds what, and until when."""


def with_further_tokens(credentials: Credentials, provider: Provider, *, now: float) -> Credentials:
    """Credentials of an exchange with the further tokens that its answer holds."""
    return _joined(credentials, dict(_found(credentials, provider, now)), None)


def with_renewed_tokens(
    credentials: Credentials,
    before: Credentials,
    provider: Provider,
    renew: Renew,
    *,
    now: float,
    until: float,
) -> Credentials:
    """Renewed credentials with the further tokens of those before, renewed as well.

    ``renew`` is not called for one that the new answer holds. Never raises: the first token is
    renewed by now, and what was sent for it may be used up.
    """
    tokens = {**(before.values.get("further_tokens") or {})}
    found = dict(_found(credentials, provider, now))
    failed = False
    for name, path in provider.token_response.further_tokens.items():
        token = tokens.get(name) or {}
        if name not in found and token.get("refresh_token"):
            rules = replace(oauth2.token_rules(provider), token_object_path=path)
            try:
                found[name] = _shown(renew(token["refresh_token"], rules, until))
            except CarrickError as error:
                found[name] = _failed(name, token, error, provider)
                failed = failed or "refresh_token" in found[name]
    raw = _raw(credentials.raw, before.raw, provider, {**tokens, **found})
    ask_again_at = now + ASK_AGAIN_SECONDS if failed else None
    return _joined(replace(credentials, raw=raw), {**tokens, **found}, ask_again_at)


def further_tokens_of(credentials: Credentials) -> Iterator[tuple[Token, float | None]]:
    """Each further token, and its end in epoch seconds."""
    for token in (credentials.values.get("further_tokens") or {}).values():
        yield token, _end(token)


def _found(credentials: Credentials, provider: Provider, now: float) -> Iterator[tuple[str, Token]]:
    """The further tokens in an answer. One that is the first token is no further one."""
    rules = replace(oauth2.token_rules(provider), token_object_path="")
    for name, path in provider.token_response.further_tokens.items():
        held = at_path(credentials.raw, path)
        if not isinstance(held, dict) or not held.get("access_token"):
            continue
        answer = InboundResponse(200, {}, json.dumps(held).encode())
        try:
            tokens = process_token_response(answer, rules, now=now)
        except CarrickError as error:
            _record(name, error, provider)
            continue
        if tokens.access_token != credentials.access_token:
            yield name, _shown(tokens)


def _shown(tokens: TokenSet) -> Token:
    token: dict[str, Any] = {"access_token": tokens.access_token, "token_type": tokens.token_type}
    if tokens.refresh_token:
        token["refresh_token"] = tokens.refresh_token
    if tokens.scope is not None:
        token["scope"] = tokens.scope
    if tokens.expires_at is not None:
        token["expires_at"] = clock.iso_z(tokens.expires_at)
    return token


def _failed(name: str, token: Token, error: CarrickError, provider: Provider) -> Token:
    """The token as it was, with what went wrong; refused twice, it has nothing to renew it by."""
    _record(name, error, provider)
    is_refused = isinstance(error, ProviderRejectedError)
    is_over = is_refused and token.get("error") == "invalid_grant"
    kept = {k: v for k, v in token.items() if not (is_over and k == "refresh_token")}
    return {**kept, "error": "invalid_grant" if is_refused else error.code}


def _joined(
    credentials: Credentials, tokens: Mapping[str, Token], ask_again_at: float | None
) -> Credentials:
    if not tokens:
        return credentials
    failing = [ask_again_at] if ask_again_at is not None else []
    ends = [_end(t) for t in tokens.values() if t.get("refresh_token") and "error" not in t]
    known = [end for end in (credentials.expires_at, *ends, *failing) if end is not None]
    joined = credentials.with_values(further_tokens=dict(tokens))
    return replace(joined, expires_at=min(known, default=None))


def _end(token: Token) -> float | None:
    return clock.parse_iso(token["expires_at"]) if token.get("expires_at") else None


def _raw(
    answer: Mapping[str, Any],
    before: Mapping[str, Any],
    provider: Provider,
    tokens: Mapping[str, Token],
) -> Mapping[str, Any]:
    """The answer with each object that it lacks as it was: applications read tokens there too."""
    kept: dict[str, Any] = {}
    for name, path in provider.token_response.further_tokens.items():
        held = before.get(path)
        if path not in answer and name in tokens and isinstance(held, dict):
            fresh = {k: v for k, v in tokens[name].items() if k not in {"error", "expires_at"}}
            kept[path] = {**{k: v for k, v in held.items() if k != "expires_in"}, **fresh}
    return {**answer, **kept}


def _record(name: str, error: CarrickError, provider: Provider) -> None:
    observability.count("FurtherTokenFailed")
    observability.warning(
        "further_token_failed", code=error.code, token=name, provider=provider.name
    )
