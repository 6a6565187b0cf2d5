"""When to refresh, and what a failure means: pure functions of facts and the time.

All times in epoch seconds. The schedule (design §5): a connection in use is refreshed before its
token ends; an idle one when its token has ended, at most once a day, so that a provider which drops
unused refresh tokens does not drop this one; a dead one leaves the due index.
"""

from dataclasses import dataclass, replace

from carrick.models.connection import Connection, RefreshState

MARGIN_SECONDS = 900.0
MARGIN_SHARE = 0.25
DAY_SECONDS = 86_400.0
COOLDOWN_SECONDS = 30.0
CONFIRM_AFTER_SECONDS = 60.0
MISCONFIGURED_RETRY_SECONDS = 3_600.0
MAX_BACKOFF_SECONDS = 3_600.0
GIVE_UP_AFTER_SECONDS = 4 * DAY_SECONDS
# A pause of ours between two failures is no failure of the provider.
GIVE_UP_AFTER_ATTEMPTS = 10
STAMP_SECONDS = 3_600.0
APP_MODES = frozenset({"APP", "CUSTOM"})
# Of the nine minutes that an app's JWT lives (``oauth.app_tokens``).
APP_JWT_FRESH_SECONDS = 360.0

REJECTED = "invalid_grant"
UNCERTAIN = "refresh_uncertain"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed refresh, sorted by who must act.

    ``rejected``       the provider says that the grant is gone
    ``misconfigured``  the client or scope is refused: never the connection's fault
    ``uncertain``      it may have been carried out, and asking again could revoke the grant
    """

    code: str
    rejected: bool = False
    misconfigured: bool = False
    uncertain: bool = False
    retry_after_seconds: float | None = None


def margin_seconds(connection: Connection) -> float:
    """How long before its end a token is renewed: 15 minutes, or a quarter of a shorter life.

    A provider's own buffer replaces the 15 minutes.
    """
    buffer = connection.expiration_buffer_seconds
    longest = MARGIN_SECONDS if buffer is None else buffer
    issued_at = connection.refresh.last_success_at
    if connection.expires_at is None or issued_at is None:
        return longest
    return max(0.0, min(longest, (connection.expires_at - issued_at) * MARGIN_SHARE))


def is_valid(connection: Connection, now: float) -> bool:
    """Whether the access token can still be used."""
    return connection.expires_at is None or connection.expires_at > now


def needs_refresh(connection: Connection, now: float) -> bool:
    """Whether a read should renew the token first."""
    if not connection.refreshable or connection.expires_at is None:
        return False
    return connection.expires_at - now < margin_seconds(connection)


def has_old_app_jwt(connection: Connection, now: float) -> bool:
    """Whether the JWT in an app's credentials ends within minutes, or has ended."""
    if connection.auth_mode not in APP_MODES or connection.connection_config.get("pending"):
        return False
    issued_at = connection.refresh.last_success_at or connection.created_at
    return now - issued_at > APP_JWT_FRESH_SECONDS


def may_try(connection: Connection, now: float) -> bool:
    """Whether an unforced refresh may be tried: not exhausted, not failed half a minute ago."""
    refresh = connection.refresh
    if refresh.exhausted:
        return False
    if refresh.refresh_at is not None and refresh.error_code and refresh.refresh_at > now:
        return now - (refresh.last_failure_at or 0.0) >= COOLDOWN_SECONDS
    return True


def next_refresh_at(connection: Connection, *, now: float, spread: float) -> float | None:
    """When the schedule should look at a healthy connection; ``None`` for never.

    ``spread`` in [0, 1) is fixed per connection and moves its turn, so that connections made in
    one burst are not due in one burst.
    """
    if not connection.refreshable or connection.refresh.exhausted:
        return None
    issued_at = connection.refresh.last_success_at or connection.created_at
    daily = issued_at + DAY_SECONDS * (1 - 0.1 * spread)
    if connection.expires_at is None:
        return daily
    margin = margin_seconds(connection)
    before_end = connection.expires_at - margin * (1 + 0.3 * spread)
    last_used = max(connection.last_fetched_at or 0.0, connection.created_at)
    if now - last_used < DAY_SECONDS:
        return before_end
    return max(before_end, daily)


def should_stamp(connection: Connection, now: float) -> bool:
    """Whether a read notes that the connection is in use: at most once an hour."""
    return connection.last_fetched_at is None or now - connection.last_fetched_at >= STAMP_SECONDS


def used_at(connection: Connection, now: float) -> Connection:
    """The connection as one that was just fetched."""
    return replace(connection, last_fetched_at=now)


def after_success(now: float) -> RefreshState:
    """The bookkeeping of a healthy connection; the caller adds ``refresh_at``."""
    return RefreshState(last_success_at=now)


def after_failure(
    connection: Connection, failure: Failure, *, now: float, operation_id: str, spread: float
) -> RefreshState:
    """The bookkeeping after a failure: when to try again, or that it is over."""
    before = connection.refresh
    attempts = before.attempts + 1
    # Time under a wrong client secret does not count: it says nothing about the connection.
    failing_since = now if failure.misconfigured else before.failing_since or now
    confirmed = failure.rejected and before.error_code == REJECTED
    given_up = now - failing_since >= GIVE_UP_AFTER_SECONDS and attempts >= GIVE_UP_AFTER_ATTEMPTS
    state = replace(
        before,
        lease_owner="",
        lease_until=0.0,
        last_failure_at=now,
        failing_since=failing_since,
        attempts=attempts,
        error_code=REJECTED if failure.rejected else failure.code,
        error_operation_id=operation_id,
    )
    if confirmed or failure.uncertain or given_up:
        return replace(state, exhausted=True, refresh_at=None)
    return replace(state, refresh_at=now + _wait(failure, attempts, spread))


def is_news(before: RefreshState, after: RefreshState) -> bool:
    """Whether a failure is worth an event: the first of a run, and the one that ends it."""
    return not before.error_code or (after.exhausted and not before.exhausted)


def _wait(failure: Failure, attempts: int, spread: float) -> float:
    if failure.rejected:
        return CONFIRM_AFTER_SECONDS
    if failure.misconfigured:
        return MISCONFIGURED_RETRY_SECONDS * (1 + spread)
    backoff = min(MAX_BACKOFF_SECONDS, COOLDOWN_SECONDS * 2.0 ** min(attempts, 10))
    wait = backoff * (0.5 + 0.5 * spread)
    return max(wait, min(failure.retry_after_seconds or 0.0, MAX_BACKOFF_SECONDS * 6))
