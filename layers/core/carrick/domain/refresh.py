"""Refreshes one connection: under a lease, fenced, and without losing what the provider rotated.

The order is the point (``docs/flows.md`` §refresh):

1. everything that can fail without the provider is done first (``refresh_plan``)
2. lease: one conditional write onto the version that was read. It records that a refresh is sent
3. time left in this invocation covers the provider's deadline and the commit
4. ask the provider, once
5. commit before anything else, conditional on version and lease owner; an event rides along only
   if the state changed
6. if that write fails and the version is still the one that was read: the sealed token goes to the
   journal queue (``refresh_journal``)

A crash between 4 and 5 leaves a lease that ran out unreleased: the next attempt sees that a refresh
may have been carried out and asks the entry whether asking again is safe.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from carrick import identifiers, observability
from carrick.catalog import Catalog
from carrick.clock import Clock
from carrick.domain import auth_events, refresh_policy
from carrick.domain.modes.contract import Tools
from carrick.domain.refresh_journal import entry_of
from carrick.domain.refresh_plan import (
    Plan,
    failure_of,
    is_safe_to_ask_again,
    plan_refresh,
    uncertain,
)
from carrick.domain.refresh_policy import Failure
from carrick.domain.vault import Vault
from carrick.errors import (
    CarrickError,
    ConflictError,
    EgressError,
    ProviderError,
    SealError,
)
from carrick.models.connection import Connection, spread_of
from carrick.models.credentials import Credentials
from carrick.queues.journal import JournalQueue
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
    """``connection`` as it is stored now. ``credentials`` after a refresh, ``error`` after none."""

    result: Result
    connection: Connection
    credentials: Credentials | None = None
    error: CarrickError | None = None


def refresh_connection(
    connection: Connection,
    deps: Dependencies,
    *,
    seconds_left: Callable[[], float],
    force: bool = False,
) -> Outcome:
    """Try once. Raises ``SealError`` when KMS is down: then nothing was asked and nothing changed.

    ``BUSY``: somebody else holds the lease, the connection changed since it was read, or there is
    no time left to ask.
    """

    def has_time() -> bool:
        return seconds_left() >= PROVIDER_SECONDS + COMMIT_SECONDS

    if not has_time():
        return Outcome(Result.BUSY, connection)
    plan = _plan(connection, deps)
    before, now = connection.refresh, deps.now()
    leased = deps.connections.lease(
        connection, owner=identifiers.new_lease_owner(), until=now + LEASE_SECONDS
    )
    if leased is None:
        return Outcome(Result.BUSY, connection)
    if isinstance(plan, CarrickError):
        return _fail(leased, plan, Failure(plan.code, misconfigured=True), deps)
    if before.lease_owner and not force:
        sent_at = before.lease_until - LEASE_SECONDS
        if not is_safe_to_ask_again(plan.provider, sent_at=sent_at, now=now):
            doubt = uncertain()
            return _fail(leased, doubt, Failure(doubt.code, uncertain=True), deps)
    if not has_time():
        return _release(leased, connection, deps)
    return _ask(leased, plan, deps)


def _plan(connection: Connection, deps: Dependencies) -> Plan | CarrickError:
    try:
        return plan_refresh(
            connection,
            integrations=deps.integrations,
            catalog=deps.catalog,
            vault=deps.vault,
        )
    except SealError:
        raise
    except CarrickError as error:
        return error


def _release(leased: Connection, connection: Connection, deps: Dependencies) -> Outcome:
    """Give the lease back as it was found: unreleased by another, if it was that."""
    try:
        deps.connections.write(deps.connections.failure_write(Fence.of(leased), connection.refresh))
    except ConflictError:
        observability.warning("lease_lost", connection_id=leased.key.connection_id)
    return Outcome(Result.BUSY, connection)


def _ask(leased: Connection, plan: Plan, deps: Dependencies) -> Outcome:
    asked_at = deps.now()
    try:
        renewed = plan.renew(Tools.of(plan.setting, deps.transport, deps.now))
    except (ProviderError, EgressError) as error:
        return _fail(leased, error, failure_of(error, plan.provider), deps)
    except SealError:
        raise
    except CarrickError as error:
        return _fail(leased, error, Failure(error.code, misconfigured=True), deps)
    credentials, granted = (
        _with_lifetime(renewed.credentials, leased, asked_at),
        renewed.granted_scopes,
    )
    refreshed = replace(
        leased,
        version=leased.version + 1,
        expires_at=credentials.expires_at,
        granted_scopes=leased.granted_scopes if granted is None else granted,
        refresh=refresh_policy.after_success(asked_at),
        sealed_credentials=plan.seal(credentials),
    )
    refresh_at = refresh_policy.next_refresh_at(
        refreshed, now=asked_at, spread=spread_of(leased.key)
    )
    refreshed = replace(refreshed, refresh=replace(refreshed.refresh, refresh_at=refresh_at))
    if not _store(leased, refreshed, deps):
        # Deleted, or authorized anew: the newer state wins and this token is dropped. Or it is
        # this one that is stored, and only the answer was lost.
        observability.warning("refresh_superseded", connection_id=leased.key.connection_id)
        return Outcome(Result.BUSY, leased)
    observability.count("ConnectionRefreshed")
    return Outcome(Result.REFRESHED, refreshed, credentials)


def _with_lifetime(credentials: Credentials, leased: Connection, asked_at: float) -> Credentials:
    """An answer that does not say how long the token lives (RFC 6749 §5.1): as long as the last.

    Taken for endless, it would be served long after it has ended.
    """
    issued_at = leased.refresh.last_success_at
    if credentials.expires_at is not None or leased.expires_at is None or issued_at is None:
        return credentials
    return replace(credentials, expires_at=asked_at + max(0.0, leased.expires_at - issued_at))


def _store(leased: Connection, refreshed: Connection, deps: Dependencies) -> bool:
    """Commit, or see to it that it will be; ``False`` if the version has moved on or is gone."""
    members = [deps.connections.commit_write(Fence.of(leased), RefreshCommit.of(refreshed))]
    if leased.refresh.error_code:
        operation_id = leased.refresh.error_operation_id or identifiers.new_operation_id()
        event = auth_events.refresh_recovered(refreshed, operation_id=operation_id, now=deps.now())
        members.append(deps.outbox.write(event))
    try:
        try:
            deps.connections.write(*members)
        except ConflictError:
            current = deps.connections.get(leased.key)
            if current is None or (current.id, current.version) != (leased.id, leased.version):
                return False
            raise  # it took longer than the lease: another one asks, with the old token
    except (ConflictError, ClientError, BotoCoreError) as error:
        _journal(leased, refreshed, error, deps)
    return True


def _journal(
    leased: Connection, refreshed: Connection, reason: Exception, deps: Dependencies
) -> None:
    observability.error("refresh_journaled", exception=reason)
    observability.count("RefreshJournaled")
    try:
        deps.journal.send(entry_of(leased, refreshed))
    except (ClientError, BotoCoreError) as error:
        # The caller at least gets the access token. The lease stays as the sign that it was sent.
        observability.error("refresh_lost", exception=error)
        observability.count("RefreshLost")


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
