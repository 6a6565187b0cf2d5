"""After a deletion: tells the provider that the tokens have ended (RFC 7009).

The connection is gone already, whatever comes of it here. Each token is asked for by itself, the
refresh token first (§2.1). Once all are revoked, or the last attempt failed, what was kept of the
connection is deleted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from carrick import observability
from carrick.catalog import Catalog
from carrick.catalog.endpoints import endpoint, templates
from carrick.catalog.ports import ports_of
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import oauth2
from carrick.domain.vault import Vault
from carrick.errors import CarrickError, NotFoundError, ProviderError
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest
from carrick.models.revocation import Revocation
from carrick.oauth.client_auth import Client
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
    if not templates(provider, "revocation"):
        return True
    credentials = deps.vault.unseal_credentials(revocation.key, revocation.sealed_credentials)
    ports = ports_of(provider, _texts(revocation.connection_config))
    outcomes = []
    for token, kind in _tokens(credentials, deps.now()):
        try:
            url, client = _server(revocation, provider, credentials, deps.vault)
            request = build_revocation_request(url, client, token=token, token_type_hint=kind)
            outcome = _asked(request, deps.transport.with_ports(ports), deps.now())
        except CarrickError as error:
            outcome = error.code
        if outcome == REVOKED:
            observability.count("TokenRevoked")
        else:
            observability.count("RevocationFailed")
        observability.info("revocation", outcome=outcome, operation=kind, **_names(revocation))
        outcomes.append(outcome)
    return all(outcome in {REVOKED, UNSUPPORTED} for outcome in outcomes)


def _asked(request: OutboundRequest, transport: Transport, asked_at: float) -> str:
    answer = transport.send(
        request, deadline_seconds=REVOCATION_SECONDS, max_body_bytes=MAX_ANSWER_BYTES
    )
    try:
        process_revocation_response(answer, asked_at)
    except ProviderError as error:
        # Of that very type: a server that is down may say anything.
        if error.provider_code == UNSUPPORTED and type(error) is ProviderError:
            return UNSUPPORTED
        raise
    return REVOKED


def _server(
    revocation: Revocation, provider: Provider, credentials: Credentials, vault: Vault
) -> tuple[str, Client]:
    """Where the provider is told, and the client that the tokens were issued to."""
    integration, config = revocation.integration, _texts(revocation.connection_config)
    override = credentials.values.get("config_override") or {}
    client = oauth2.client_of(
        provider,
        override.get("client_id") or integration.client_id,
        override.get("client_secret") or vault.client_secret(integration),
    )
    url = endpoint(provider, "revocation", config, allowed_hosts=integration.allowed_hosts)
    return url, client


def _tokens(credentials: Credentials, now: float) -> Iterator[tuple[str, str]]:
    if credentials.refresh_token:
        yield credentials.refresh_token, "refresh_token"
    has_ended = credentials.expires_at is not None and credentials.expires_at <= now
    if credentials.access_token and not has_ended:
        yield credentials.access_token, "access_token"


def _texts(config: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in config.items() if isinstance(value, str)}


def _names(revocation: Revocation) -> Mapping[str, str]:
    return {
        "environment_id": revocation.key.environment_id,
        "integration_id": revocation.key.integration_id,
        "connection_id": revocation.key.connection_id,
        "event_id": revocation.event_id,
    }
