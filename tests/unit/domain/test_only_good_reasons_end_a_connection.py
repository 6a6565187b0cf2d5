"""What a failed refresh means for the connection, and when the next one is."""

import pytest

from carrick.domain.refresh_policy import (
    REJECTED,
    UNCERTAIN,
    Failure,
    after_failure,
    after_success,
    is_news,
)
from carrick.models.connection import Connection, ConnectionKey, RefreshState

NOW = 1_800_000_000.0
DAY = 86_400.0

DOWN = Failure("egress_failed")
GONE = Failure(REJECTED, rejected=True)
WRONG_SECRET = Failure("invalid_client", misconfigured=True)
DOUBT = Failure(UNCERTAIN, uncertain=True)


def failed(
    failure: Failure,
    before: RefreshState | None = None,
    *,
    now: float = NOW,
    spread: float = 0.0,
) -> RefreshState:
    before = before or RefreshState(refresh_at=now, lease_owner="me", lease_until=now + 20)
    connection = Connection(
        ConnectionKey("e", "i", "c"), 1, "p", "OAUTH2", 1.0, 1.0, refreshable=True, refresh=before
    )
    return after_failure(connection, failure, now=now, operation_id="op", spread=spread)


def run(*failures: Failure, every: float = 3600.0) -> RefreshState:
    """The state after these failures, one after the other."""
    state, now = failed(failures[0]), NOW
    for failure in failures[1:]:
        now += every
        state = failed(failure, state, now=now)
    return state


def waits(failure: Failure, attempts: int, spread: float = 0.0) -> float:
    """Seconds to the next try after so many failures."""
    state = failed(failure, RefreshState(attempts=attempts - 1), spread=spread)
    assert state.refresh_at is not None
    return state.refresh_at - NOW


def test_a_failure_is_noted_and_gives_the_lease_back() -> None:
    before = RefreshState(
        refresh_at=NOW, lease_owner="me", lease_until=NOW + 20, last_success_at=5.0
    )
    state = failed(DOWN, before)
    assert state == RefreshState(
        refresh_at=NOW + 30,
        last_success_at=5.0,
        last_failure_at=NOW,
        failing_since=NOW,
        attempts=1,
        error_code="egress_failed",
        error_operation_id="op",
    )


@pytest.mark.parametrize(
    ("attempts", "longest"), [(1, 60), (2, 120), (3, 240), (6, 1920), (7, 3600), (500, 3600)]
)
def test_the_waits_double_up_to_an_hour(attempts: int, longest: float) -> None:
    assert waits(DOWN, attempts, spread=0.0) == longest / 2
    assert waits(DOWN, attempts, spread=0.999999) == pytest.approx(longest, rel=1e-3)


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 30), (0, 30), (10, 30), (7200, 7200), (1e9, 6 * 3600)]
)
def test_the_provider_may_ask_for_a_longer_wait(asked: float | None, waited: float) -> None:
    assert waits(Failure("x", retry_after_seconds=asked), 1) == waited


def test_a_rejection_is_confirmed_after_a_minute() -> None:
    first = failed(GONE)
    assert (first.exhausted, first.refresh_at) == (False, NOW + 60)
    second = failed(GONE, first, now=NOW + 60)
    assert (second.exhausted, second.refresh_at, second.error_code) == (True, None, REJECTED)


def test_a_rejection_after_something_else_is_a_first_one() -> None:
    assert run(GONE, DOWN, GONE).exhausted is False
    assert run(GONE, WRONG_SECRET, GONE).exhausted is False
    assert run(GONE, DOWN, GONE, GONE).exhausted is True


def test_doubt_ends_it_at_once() -> None:
    state = failed(DOUBT)
    assert (state.exhausted, state.refresh_at, state.error_code) == (True, None, UNCERTAIN)


def test_four_days_of_outage_end_it() -> None:
    hours = int(4 * DAY / 3600)
    assert run(*[DOWN] * hours).exhausted is False
    assert run(*[DOWN] * (hours + 1)).exhausted is True


def test_a_pause_of_ours_does_not() -> None:
    assert run(DOWN, DOWN, every=30 * DAY).exhausted is False


def test_no_time_under_a_wrong_client_does() -> None:
    month = [WRONG_SECRET] * 24 * 30
    state = run(*month)
    assert (state.exhausted, state.attempts) == (False, len(month))
    # Nor is it counted when the secret is right again and the provider has a bad moment.
    assert run(*month, DOWN).exhausted is False
    assert 3600 <= waits(WRONG_SECRET, 1) <= waits(WRONG_SECRET, 99, spread=0.99) < 7200


def test_a_success_ends_the_run() -> None:
    assert after_success(NOW) == RefreshState(last_success_at=NOW)


@pytest.mark.parametrize(
    ("failures", "told"),
    [
        ([DOWN], [True]),
        ([DOWN, DOWN, GONE], [True, False, False]),
        ([GONE, GONE], [True, True]),
        ([GONE, GONE, GONE], [True, True, False]),
        ([DOUBT], [True]),
        ([WRONG_SECRET, DOUBT], [True, True]),
    ],
)
def test_the_first_failure_and_the_end_are_news(failures: list[Failure], told: list[bool]) -> None:
    state, news, now = RefreshState(), [], NOW
    for failure in failures:
        after = failed(failure, state, now=now)
        news.append(is_news(state, after))
        state, now = after, now + 3600
    assert news == told
