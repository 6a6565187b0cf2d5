"""After a deletion: tells the provider that the tokens have ended (RFC 7009).

The connection is gone already, whatever comes of it here. Each token is asked for by itself, the
refresh token first (§2.1); a provider that has a call of its own instead gets that one call. Once
all are revoked, or the last attempt failed, what was kept of the connection is deleted.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from carrick import observability
from carrick.catalog import Catalog
from carrick.catalog.endpoints import endpoint, templates
from carrick.catalog.schema import Provider
from carrick.catalog.schema.api import ProviderCall
from carrick.clock import Clock
from carrick.domain.modes.contract import Setting, Tools
from carrick.domain.modes.further_tokens import further_tokens_of
from carrick.domain.provider_calls import provider_request
from carrick.domain.token_requests import Asker, ask
from carrick.domain.vault import Vault
from carrick.errors import CarrickError, NotFoundError, ProviderError, ProviderUnavailableError
from carrick.models.credentials import Credentials
from carrick.models.integration import CustomSecrets
from carrick.models.revocation import Revocation
from carrick.oauth.revocation import (
    UNSUPPORTED,
    build_revocation_request,
    process_revocation_response,
)
from carrick.queues.revocations import ReceivedRevocation, RevocationQueue
from carrick.store.revocations import RevocationStore
from carrick.transport.client import Transport

SCHEDULE_SECONDS = (60, 300, 1_800, 7_200, 21_600, 39_600)
"""The waits between attempts, about twenty hours together."""

ATTEMPTS = len(SCHEDULE_SECONDS) + 1
REVOCATION_SECONDS = 8.0
MAX_ANSWER_BYTES = 65_536
REVOKED = "revoked"
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Dependencies:
    revocations: RevocationStore
    queue: RevocationQueue
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


def process(received: ReceivedRevocation, deps: Dependencies) -> bool:
    """One attempt. ``False``: it failed, and its message comes back when it is due again."""
    revocation = deps.revocations.get(received.event_id)
    if revocation is None:
        return True
    if not _revoked(revocation, deps):
        if received.attempt < ATTEMPTS:
            deps.queue.postpone(received, SCHEDULE_SECONDS[received.attempt - 1])
            return False
        observability.count("RevocationGivenUp")
        observability.warning("revocation_given_up", **_names(revocation))
    deps.revocations.delete(received.event_id)
    return True


def _revoked(revocation: Revocation, deps: Dependencies) -> bool:
    """Whether every token has ended, as far as the provider lets us end it."""
    try:
        provider = deps.catalog.get(revocation.integration.provider)
    except NotFoundError:
        return True
    if provider.deletion is None and not templates(provider, "revocation"):
        return True
    credentials = deps.vault.unseal_credentials(revocation.key, revocation.sealed_credentials)
    setting = _setting(revocation, provider, deps.vault)
    tools = Tools.of(setting, deps.transport, deps.now)
    outcomes = []
    for operation, attempt in _attempts(credentials, setting, tools):
        try:
            outcome = attempt()
        except CarrickError as error:
            outcome = error.code
        if outcome == REVOKED:
            observability.count("TokenRevoked")
        else:
            observability.count("RevocationFailed")
        observability.info("revocation", outcome=outcome, operation=operation, **_names(revocation))
        outcomes.append(outcome)
    return all(outcome in {REVOKED, UNSUPPORTED} for outcome in outcomes)


def _attempts(
    credentials: Credentials, setting: Setting, tools: Tools
) -> Iterator[tuple[str, Callable[[], str]]]:
    """What the provider is asked: for each token, or once where it has a call of its own."""
    if setting.provider.deletion is not None:
        yield "deletion", partial(_told, setting.provider.deletion, credentials, setting, tools)
        return
    for token, kind in _tokens(credentials, tools.now()):
        yield kind, partial(_asked, token, kind, credentials, setting, tools)


def _asked(token: str, kind: str, credentials: Credentials, setting: Setting, tools: Tools) -> str:
    """RFC 7009, by the client that the tokens were issued to."""
    provider, config = setting.provider, setting.config
    hosts = setting.integration.allowed_hosts
    url = endpoint(provider, "revocation", config, allowed_hosts=hosts)
    own = credentials.values.get("config_override") or credentials.values
    asker = Asker(
        provider,
        own.get("client_id") or setting.integration.client_id,
        own.get("client_secret") or setting.client_secret,
        endpoint(provider, "token", config, allowed_hosts=hosts),
    )
    asked_at = tools.now()
    answer = ask(
        lambda client: build_revocation_request(url, client, token=token, token_type_hint=kind),
        asker,
        tools,
        seconds=REVOCATION_SECONDS,
        max_body_bytes=MAX_ANSWER_BYTES,
    )
    try:
        process_revocation_response(answer, asked_at)
    except ProviderError as error:
        # Of that very type: a server that is down may say anything.
        if error.provider_code == UNSUPPORTED and type(error) is ProviderError:
            return UNSUPPORTED
        raise
    return REVOKED


def _told(call: ProviderCall, credentials: Credentials, setting: Setting, tools: Tools) -> str:
    """The provider's own call, with the credentials as any request to its API has them."""
    answer = tools.transport.send(
        provider_request(call, credentials, setting, now=tools.now()),
        deadline_seconds=REVOCATION_SECONDS,
        max_body_bytes=MAX_ANSWER_BYTES,
    )
    if 200 <= answer.status < 300 or answer.status in _GONE:
        return REVOKED
    raise ProviderUnavailableError("The provider did not end the grant.", status=answer.status)


def _setting(revocation: Revocation, provider: Provider, vault: Vault) -> Setting:
    return Setting(
        provider=provider,
        integration=revocation.integration,
        client_secret=vault.client_secret(revocation.integration),
        secrets=CustomSecrets(),
        config=_texts(revocation.connection_config),
    )


def _tokens(credentials: Credentials, now: float) -> Iterator[tuple[str, str]]:
    first = credentials.access_token or credentials.values.get("token")
    held = {**credentials.values, "access_token": first}
    for token, ends in ((held, credentials.expires_at), *further_tokens_of(credentials)):
        if token.get("refresh_token"):
            yield token["refresh_token"], "refresh_token"
        if token.get("access_token") and (ends is None or ends > now):
            yield token["access_token"], "access_token"


def _texts(config: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in config.items() if isinstance(value, str)}


def _names(revocation: Revocation) -> Mapping[str, str]:
    return {
        "environment_id": revocation.key.environment_id,
        "integration_id": revocation.key.integration_id,
        "connection_id": revocation.key.connection_id,
        "event_id": revocation.event_id,
    }
