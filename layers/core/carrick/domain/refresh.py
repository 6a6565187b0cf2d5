"""Refreshes one connection: under a lease, fenced, and without losing what the provider rotated.

The order is the point (``docs/flows.md`` §refresh):

1. everything that can fail without the provider is done first: integration, entry, keys, endpoint
2. lease: one conditional write onto the version that was read. It records that a refresh is sent
3. time left in this invocation covers the provider's deadline and the commit
4. ask the provider, once
5. commit before anything else, conditional on version and lease owner; an event rides along only
   if the state changed
6. if the write fails for any reason but the fence: the sealed token goes to the journal queue

A crash between 4 and 5 leaves a lease that ran out unreleased: the next attempt sees that a refresh
may have been carried out and asks the entry whether asking again is safe (``_check_uncertain``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from carrick import identifiers, observability
from carrick.catalog import Catalog
from carrick.catalog.schema import Provider
from carrick.clock import Clock
from carrick.domain import auth_events, oauth2, refresh_policy
from carrick.domain.refresh_policy import Failure
from carrick.domain.vault import Vault
from carrick.errors import (
    CarrickError,
    ConflictError,
    EgressError,
    EgressFailedError,
    NotFoundError,
    ProviderConfigurationError,
    ProviderError,
    ProviderRejectedError,
    RefreshError,
    SealError,
)
from carrick.models.connection import Connection, spread_of
from carrick.models.credentials import Credentials
from carrick.models.http import OutboundRequest
from carrick.oauth.token import build_refresh_request, process_token_response
from carrick.queues.journal import JournalEntry, JournalQueue
from carrick.store.connections import ConnectionStore, Fence, RefreshCommit
from carrick.store.integrations import IntegrationStore
from carrick.store.outbox import Outbox
from carrick.transport.client import Transport

PROVIDER_SECONDS = 12.0
COMMIT_SECONDS = 4.0
# Longer than the provider's deadline and the commit together: while it runs nobody else asks.
LEASE_SECONDS = PROVIDER_SECONDS + COMMIT_SECONDS + 4.0


@dataclass(frozen=True, slots=True)
class Dependencies:
    connections: ConnectionStore
    integrations: IntegrationStore
    outbox: Outbox
    journal: JournalQueue
    vault: Vault
    catalog: Catalog
    transport: Transport
    now: Clock


class Result(StrEnum):
    """What became of an attempt."""

    REFRESHED = "refreshed"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``connection`` is as stored now. ``credentials`` only after a refresh, ``error`` after none."""

    result: Result
    connection: Connection
    credentials: Credentials | None = None
    error: CarrickError | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    provider: Provider
    credentials: Credentials
    request: OutboundRequest


def refresh_connection(
    connection: Connection,
    deps: Dependencies,
    *,
    seconds_left: Callable[[], float],
    force: bool = False,
) -> Outcome:
    """Try once. Raises ``SealError`` when KMS is down: then nothing was asked and nothing changed.

    ``BUSY``: somebody else holds the lease, or the connection changed since it was read.
    """
    plan: _Plan | CarrickError
    try:
        plan = _plan(connection, deps)
    except SealError:
        raise
    except CarrickError as error:
        plan = error
    was_uncertain = bool(connection.refresh.lease_owner)
    now = deps.now()
    leased = deps.connections.lease(
        connection, owner=identifiers.new_lease_owner(), until=now + LEASE_SECONDS
    )
    if leased is None:
        return Outcome(Result.BUSY, connection)
    if isinstance(plan, CarrickError):
        return _fail(leased, plan, Failure(plan.code, misconfigured=True), deps)
    if was_uncertain and not force and not _is_safe_to_ask_again(connection, plan.provider, now):
        doubt = RefreshError(
            "A refresh may have been carried out without its answer being stored; asking again "
            "could revoke the grant.",
            code=refresh_policy.UNCERTAIN,
        )
        return _fail(leased, doubt, Failure(doubt.code, uncertain=True), deps)
    if seconds_left() < PROVIDER_SECONDS + COMMIT_SECONDS:
        deps.connections.write(deps.connections.failure_write(Fence.of(leased), connection.refresh))
        return Outcome(Result.BUSY, connection)
    return _ask(leased, plan, deps)


def _plan(connection: Connection, deps: Dependencies) -> _Plan:
    key = connection.key
    integration = deps.integrations.get(key.environment_id, key.integration_id)
    if integration is None:
        raise NotFoundError("The integration does not exist.", code="unknown_provider_config")
    provider = deps.catalog.get(connection.provider)
    credentials = deps.vault.unseal_credentials(key, connection.sealed_credentials)
    if not credentials.refresh_token:
        raise RefreshError("There is no refresh token.", code="missing_refresh_token")
    override = credentials.values.get("config_override") or {}
    client = oauth2.client_of(
        provider,
        override.get("client_id") or integration.client_id,
        override.get("client_secret") or deps.vault.client_secret(integration),
    )
    config = {k: v for k, v in connection.connection_config.items() if isinstance(v, str)}
    endpoint = oauth2.refresh_endpoint(provider, config, allowed_hosts=integration.allowed_hosts)
    request = build_refresh_request(endpoint, client, refresh_token=credentials.refresh_token)
    return _Plan(provider, credentials, request)


def _is_safe_to_ask_again(connection: Connection, provider: Provider, now: float) -> bool:
    """Whether the old refresh token can be sent once more after a crash (RFC 9700 §4.14)."""
    if not provider.reuse_revokes_family:
        return True
    sent_at = connection.refresh.lease_until - LEASE_SECONDS
    return now < sent_at + provider.rotation_grace_seconds


def _ask(leased: Connection, plan: _Plan, deps: Dependencies) -> Outcome:
    asked_at = deps.now()
    try:
        response = deps.transport.send(plan.request, deadline_seconds=PROVIDER_SECONDS)
        tokens = process_token_response(
            response,
            oauth2.token_rules(plan.provider),
            now=asked_at,
            previous_refresh_token=plan.credentials.refresh_token,
        )
    except (ProviderError, EgressError) as error:
        return _fail(leased, error, _failure(error, plan.provider), deps)
    override = plan.credentials.values.get("config_override") or {}
    credentials = oauth2.credentials_of(tokens, override)
    granted = oauth2.granted_scopes(tokens, leased.granted_scopes)
    refreshed = replace(
        leased,
        version=leased.version + 1,
        expires_at=credentials.expires_at,
        granted_scopes=granted,
        refresh=refresh_policy.after_success(asked_at),
        sealed_credentials=deps.vault.seal_credentials(leased.key, credentials),
    )
    refresh_at = refresh_policy.next_refresh_at(
        refreshed,
        now=asked_at,
        spread=spread_of(leased.key),
    )
    refreshed = replace(refreshed, refresh=replace(refreshed.refresh, refresh_at=refresh_at))
    return _commit(leased, refreshed, credentials, deps)


def _commit(
    leased: Connection, refreshed: Connection, credentials: Credentials, deps: Dependencies
) -> Outcome:
    commit = RefreshCommit(
        sealed_credentials=refreshed.sealed_credentials,
        expires_at=refreshed.expires_at,
        refreshable=refreshed.refreshable,
        granted_scopes=refreshed.granted_scopes,
        refresh=refreshed.refresh,
    )
    members = [deps.connections.commit_write(Fence.of(leased), commit)]
    if leased.refresh.error_code:
        operation_id = leased.refresh.error_operation_id or identifiers.new_operation_id()
        event = auth_events.refresh_recovered(refreshed, operation_id=operation_id, now=deps.now())
        members.append(deps.outbox.write(event))
    try:
        deps.connections.write(*members)
    except ConflictError:
        # Deleted, or authorized anew: the newer state wins and this token is dropped.
        observability.warning("refresh_superseded", connection_id=leased.key.connection_id)
        return Outcome(Result.BUSY, leased)
    except (ClientError, BotoCoreError) as error:
        observability.error("refresh_journaled", exception=error)
        observability.count("RefreshJournaled")
        deps.journal.send(_journal_entry(leased, refreshed))
    observability.count("ConnectionRefreshed")
    return Outcome(Result.REFRESHED, refreshed, credentials)


def _journal_entry(leased: Connection, refreshed: Connection) -> JournalEntry:
    return JournalEntry(
        key=leased.key,
        id=leased.id,
        version=leased.version,
        lease_owner=leased.refresh.lease_owner,
        sealed_credentials=refreshed.sealed_credentials,
        expires_at=refreshed.expires_at,
        refreshable=refreshed.refreshable,
        granted_scopes=refreshed.granted_scopes,
        refreshed_at=refreshed.refresh.last_success_at or 0.0,
        refresh_at=refreshed.refresh.refresh_at,
    )


def _failure(error: ProviderError | EgressError, provider: Provider) -> Failure:
    if isinstance(error, ProviderRejectedError):
        return Failure(refresh_policy.REJECTED, rejected=True)
    if isinstance(error, ProviderConfigurationError):
        return Failure(error.provider_code or error.code, misconfigured=True)
    if isinstance(error, EgressFailedError) and error.maybe_sent:
        strict = provider.reuse_revokes_family and not provider.rotation_grace_seconds
        return Failure(error.code, uncertain=strict)
    if isinstance(error, ProviderError):
        return Failure(error.code, retry_after_seconds=error.retry_after_seconds)
    return Failure(error.code)


def _fail(leased: Connection, error: CarrickError, failure: Failure, deps: Dependencies) -> Outcome:
    """Record the failure and release the lease; an event if this is news."""
    now = deps.now()
    state = refresh_policy.after_failure(
        leased,
        failure,
        now=now,
        operation_id=identifiers.new_operation_id(),
        spread=spread_of(leased.key),
    )
    failed = replace(leased, refresh=state)
    members = [deps.connections.failure_write(Fence.of(leased), state)]
    if refresh_policy.is_news(leased.refresh, state):
        members.append(deps.outbox.write(auth_events.refresh_failed(failed, error, now=now)))
    observability.warning(
        "refresh_failed",
        code=error.code,
        reason=failure.code,
        connection_id=leased.key.connection_id,
        integration_id=leased.key.integration_id,
        operation_id=state.error_operation_id,
    )
    observability.count("RefreshFailed")
    try:
        deps.connections.write(*members)
    except ConflictError:
        return Outcome(Result.BUSY, leased)
    return Outcome(Result.FAILED, failed, error=error)
