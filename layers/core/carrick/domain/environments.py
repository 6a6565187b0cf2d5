"""Environments, their API keys and their webhook signing keys."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from carrick import identifiers
from carrick.clock import Clock
from carrick.domain.customer_urls import UrlRules, check_callback_url
from carrick.domain.vault import Vault
from carrick.errors import ConflictError, NotFoundError
from carrick.models.environment import ApiKey, Environment, SigningKey, hash_token
from carrick.models.patterns import ENVIRONMENT_NAME
from carrick.models.scopes import FULL_ACCESS
from carrick.store.environments import EnvironmentStore
from carrick.store.integrations import IntegrationStore

FIRST_KEY_NAME = "Default - Full access"
MAX_SIGNING_KEYS = 5


@dataclass(frozen=True, slots=True)
class Dependencies:
    environments: EnvironmentStore
    integrations: IntegrationStore
    vault: Vault
    now: Clock


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new API key with its text, which is stored nowhere and can be shown this once."""

    key: ApiKey
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LiveSigningKey:
    """An unsealed signing key. ``expires_at`` (epoch seconds) is ``None`` for the newest."""

    text: str = field(repr=False)
    created_at: float
    expires_at: float | None


@dataclass(frozen=True, slots=True)
class CreatedEnvironment:
    environment: Environment
    first_key: IssuedKey
    signing_key: str = field(repr=False)


def create(name: str, deps: Dependencies) -> CreatedEnvironment:
    """Make an environment with one API key and one signing key, all or nothing.

    Raises ``ConflictError`` if the name is taken.
    """
    now = deps.now()
    environment_id = identifiers.new_environment_id()
    issued = _issue(environment_id, FIRST_KEY_NAME, (FULL_ACCESS,), now)
    signing_key = identifiers.new_webhook_signing_key()
    sealed = deps.vault.seal_signing_key(environment_id, signing_key)
    environment = Environment(
        environment_id=environment_id,
        name=name,
        created_at=now,
        signing_keys=(SigningKey(sealed, now),),
    )
    deps.environments.create(environment, issued.key)
    return CreatedEnvironment(environment, issued, signing_key)


def read(environment_id: str, deps: Dependencies) -> Environment:
    """One environment. Raises ``NotFoundError``."""
    environment = deps.environments.get(environment_id)
    if environment is None:
        raise NotFoundError("No such environment.")
    return environment


def find(name: str | None, deps: Dependencies) -> Sequence[Environment]:
    """The environment of that name if there is one, or all of them by name."""
    if name is None:
        return deps.environments.list()
    is_name = re.fullmatch(ENVIRONMENT_NAME, name)
    found = deps.environments.find(name) if is_name else None
    return [found] if found else []


def update(
    environment_id: str, changes: Mapping[str, Any], rules: UrlRules, deps: Dependencies
) -> Environment:
    """Change ``name``, ``callback_url``, members of ``webhooks`` and ``connect_ui``: what is given.

    Giving the URL of an endpoint enables it again. Raises ``NotFoundError``,
    ``ValidationFailedError`` for a URL that will not do, ``ConflictError`` for a taken name.
    """
    environment = read(environment_id, deps)
    webhooks: Mapping[str, str | bool] = changes.get("webhooks", {})
    for endpoint in ("primary_url", "secondary_url"):
        rules.check_webhook_url(str(webhooks.get(endpoint, "")), ["webhooks", endpoint])
    callback_url = None
    if "callback_url" in changes:
        callback_url = check_callback_url(changes["callback_url"] or "", ["callback_url"])
    look: Mapping[str, Any] = changes.get("connect_ui", {})
    deps.environments.update(
        environment,
        name=changes.get("name"),
        callback_url=callback_url,
        webhooks=webhooks,
        connect_ui=replace(environment.connect_ui, **look) if look else None,
    )
    return read(environment_id, deps)


def delete(environment_id: str, deps: Dependencies) -> None:
    """Delete an environment that has no integrations, and its keys with it.

    Raises ``NotFoundError``, ``ConflictError``. An integration made at the same moment may be left
    behind: nothing can reach it, for its environment's keys are gone and ids are never reused.
    """
    environment = read(environment_id, deps)
    if deps.integrations.has_any(environment_id):
        raise ConflictError("The environment has integrations: delete them first.")
    deps.environments.delete(environment)


# ---------------------------------------------------------------- API keys


def create_api_key(
    environment_id: str, display_name: str, scopes: Sequence[str], deps: Dependencies
) -> IssuedKey:
    """Issue a key. Raises ``NotFoundError``, ``InvalidRequestError`` at the limit of keys."""
    read(environment_id, deps)
    issued = _issue(environment_id, display_name, tuple(dict.fromkeys(scopes)), deps.now())
    deps.environments.put_api_key(issued.key)
    return issued


def list_api_keys(environment_id: str, deps: Dependencies) -> Sequence[ApiKey]:
    """The keys of an environment, oldest first. Raises ``NotFoundError``."""
    read(environment_id, deps)
    return deps.environments.list_api_keys(environment_id)


def delete_api_key(environment_id: str, key_id: str, deps: Dependencies) -> None:
    """Revoke a key. Raises ``NotFoundError``."""
    deps.environments.delete_api_key(environment_id, key_id)


def _issue(
    environment_id: str, display_name: str, scopes: tuple[str, ...], now: float
) -> IssuedKey:
    token, key_id = identifiers.new_api_key(environment_id)
    key = ApiKey(environment_id, key_id, display_name, hash_token(token), scopes, now)
    return IssuedKey(key, token)


# ---------------------------------------------------------------- signing keys


def signing_keys(environment_id: str, deps: Dependencies) -> Sequence[LiveSigningKey]:
    """The keys that sign now, newest first. Raises ``NotFoundError``."""
    environment = read(environment_id, deps)
    return [
        LiveSigningKey(
            deps.vault.signing_key(environment_id, key.sealed), key.created_at, key.expires_at
        )
        for key in _live(environment, deps.now())
    ]


def rotate_signing_key(
    environment_id: str, overlap_seconds: float, deps: Dependencies
) -> LiveSigningKey:
    """Put a new key first. Older ones sign beside it for ``overlap_seconds`` at most.

    So an overlap of 0 stops every older key at once. Raises ``NotFoundError``, ``ConflictError``
    if another rotation came between or too many keys would sign.
    """
    environment = read(environment_id, deps)
    now = deps.now()
    until = now + overlap_seconds
    older = [
        replace(key, expires_at=until if key.expires_at is None else min(key.expires_at, until))
        for key in _live(environment, now)
        if overlap_seconds > 0
    ]
    if len(older) >= MAX_SIGNING_KEYS:
        raise ConflictError(
            f"{MAX_SIGNING_KEYS} signing keys are live. Wait for one to expire, or rotate "
            "with an overlap of 0 to stop them all.",
            code="too_many_signing_keys",
        )
    text = identifiers.new_webhook_signing_key()
    newest = SigningKey(deps.vault.seal_signing_key(environment_id, text), now)
    deps.environments.replace_signing_keys(environment, [newest, *older])
    return LiveSigningKey(text, now, None)


def _live(environment: Environment, now: float) -> list[SigningKey]:
    return [
        key for key in environment.signing_keys if key.expires_at is None or key.expires_at > now
    ]
