"""When the schedule looks at a connection, and when a read renews first."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrick.domain import refresh_policy
from carrick.models.connection import Connection, ConnectionKey, RefreshState, spread_of

NOW = 1_800_000_000.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
KEY = ConnectionKey("e", "i", "c")


def connection(
    *,
    life: float | None = HOUR,
    age: float = 0.0,
    used: float | None = 0.0,
    created: float = 30 * DAY,
    refresh: dict[str, Any] | None = None,
    **changes: Any,
) -> Connection:
    """One whose token lives for ``life``, issued ``age`` ago, read ``used`` ago."""
    issued_at = NOW - age
    made = Connection(
        key=KEY,
        id=1,
        provider="p",
        auth_mode="OAUTH2",
        created_at=NOW - created,
        updated_at=NOW - created,
        refreshable=True,
        expires_at=None if life is None else issued_at + life,
        last_fetched_at=None if used is None else NOW - used,
        refresh=RefreshState(**{"last_success_at": issued_at, **(refresh or {})}),
    )
    return replace(made, **changes)


def due_in(made: Connection, spread: float = 0.0) -> float | None:
    refresh_at = refresh_policy.next_refresh_at(made, now=NOW, spread=spread)
    return None if refresh_at is None else refresh_at - NOW


@pytest.mark.parametrize(
    ("life", "margin"),
    [
        (DAY, 15 * MINUTE),
        (HOUR, 15 * MINUTE),
        (40 * MINUTE, 10 * MINUTE),
        (MINUTE, 15),
        (1, 0.25),
    ],
)
def test_the_margin_is_fifteen_minutes_or_a_quarter_of_a_short_life(
    life: float, margin: float
) -> None:
    made = connection(life=life)
    assert refresh_policy.margin_seconds(made) == pytest.approx(margin)
    assert due_in(made) == pytest.approx(life - margin)


@pytest.mark.parametrize(
    ("changes", "margin"),
    [
        ({"expiration_buffer_seconds": 300}, 300),
        ({"expiration_buffer_seconds": 0}, 0),
        ({"expiration_buffer_seconds": 7200}, 900),  # a quarter of an hour's life
        ({"refresh": {"last_success_at": None}}, 900),  # nobody knows when it was issued
        ({"expires_at": NOW - DAY}, 0),
    ],
)
def test_what_else_decides_the_margin(changes: dict[str, Any], margin: float) -> None:
    assert refresh_policy.margin_seconds(connection(**changes)) == pytest.approx(margin)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (connection(age=44 * MINUTE), False),
        (connection(age=46 * MINUTE), True),
        (connection(age=2 * HOUR), True),
        (connection(age=46 * MINUTE, refreshable=False), False),
        (connection(life=None), False),
        (connection(age=46 * MINUTE, used=None), True),
    ],
)
def test_a_read_renews_within_the_margin(made: Connection, wanted: bool) -> None:
    assert refresh_policy.needs_refresh(made, NOW) is wanted


@pytest.mark.parametrize(
    ("made", "seconds"),
    [
        # in use: before the end
        (connection(used=0), 45 * MINUTE),
        (connection(used=DAY - 1), 45 * MINUTE),
        (connection(used=None, created=HOUR), 45 * MINUTE),
        # idle: when the token has ended, and at most daily
        (connection(used=DAY), DAY),
        (connection(used=None), DAY),
        (connection(used=DAY, age=2 * DAY), -DAY),
        (connection(used=DAY, life=30 * DAY), 30 * DAY - 15 * MINUTE),
        # no end that anybody knows: daily
        (connection(life=None), DAY),
        (connection(life=None, used=DAY), DAY),
        (connection(life=None, refresh={}, age=HOUR), DAY - HOUR),
        # never
        (connection(refreshable=False), None),
        (connection(refresh={"exhausted": True}), None),
    ],
)
def test_the_cadence_follows_use(made: Connection, seconds: float | None) -> None:
    assert due_in(made) == (None if seconds is None else pytest.approx(seconds))


@settings(deadline=None)
@given(
    spread=st.floats(0, 1, exclude_max=True),
    life=st.one_of(st.none(), st.floats(1, 3650 * DAY)),
    used=st.one_of(st.none(), st.floats(0, 30 * DAY)),
)
def test_a_turn_comes_before_the_end_while_in_use_and_within_a_day_otherwise(
    spread: float, life: float | None, used: float | None
) -> None:
    made = connection(life=life, used=used)
    seconds = due_in(made, spread)
    assert seconds is not None
    if life is not None and used is not None and used < DAY:
        margin = refresh_policy.margin_seconds(made)
        assert 0 <= life - 1.3 * margin - 1e-6 <= seconds <= life - margin + 1e-6
    else:
        assert 0.9 * DAY - 1e-6 <= seconds <= max(DAY, life or 0)


def test_connections_made_in_one_burst_are_not_due_in_one_burst() -> None:
    keys = [ConnectionKey("e", "i", f"c{number}") for number in range(2000)]
    spreads = [spread_of(key) for key in keys]
    assert all(0 <= spread < 1 for spread in spreads)
    minutes: dict[int, int] = {}
    for spread in spreads:
        minute = int((due_in(connection(used=DAY), spread) or 0) // MINUTE)
        minutes[minute] = minutes.get(minute, 0) + 1
    assert max(minutes.values()) < 50  # of 2000, over the 144 minutes of a tenth of a day
    assert spread_of(keys[0]) == spread_of(ConnectionKey("e", "i", "c0"))


@pytest.mark.parametrize(("used", "stamped"), [(None, True), (HOUR, True), (HOUR - 1, False)])
def test_use_is_noted_once_an_hour(used: float | None, stamped: bool) -> None:
    assert refresh_policy.should_stamp(connection(used=used), NOW) is stamped


@pytest.mark.parametrize(
    ("refresh", "may"),
    [
        ({}, True),
        ({"exhausted": True, "error_code": "x"}, False),
        ({"error_code": "x", "refresh_at": NOW + 900, "last_failure_at": NOW - 29}, False),
        ({"error_code": "x", "refresh_at": NOW + 900, "last_failure_at": NOW - 30}, True),
        ({"error_code": "x", "refresh_at": NOW, "last_failure_at": NOW - 1}, True),
    ],
)
def test_a_read_tries_unless_it_just_failed_or_is_over(refresh: dict[str, Any], may: bool) -> None:
    assert refresh_policy.may_try(connection(refresh=refresh), NOW) is may


@pytest.mark.parametrize(
    ("expires_at", "valid"), [(None, True), (NOW + 0.001, True), (NOW, False), (NOW - 1, False)]
)
def test_a_token_is_valid_until_its_end(expires_at: float | None, valid: bool) -> None:
    assert refresh_policy.is_valid(connection(expires_at=expires_at), NOW) is valid
