"""When the next attempt is due."""

import pytest

from carrick.domain.webhook_delivery import ATTEMPTS, SCHEDULE_SECONDS, seconds_until_next

SQS_LIMIT_SECONDS = 12 * 3600
EXTREMES = (0.0, 0.999999)


def test_the_waits_together_last_three_days() -> None:
    waits = [seconds_until_next(attempt, 0, 0.5) for attempt in range(1, ATTEMPTS)]

    assert waits == list(SCHEDULE_SECONDS)
    assert sum(waits) >= 3 * 86_400


def test_the_first_attempts_follow_each_other_quickly() -> None:
    assert [seconds_until_next(attempt, 0, 0.5) for attempt in (1, 2, 3)] == [5, 60, 300]


@pytest.mark.parametrize("attempt", range(1, ATTEMPTS))
def test_a_wait_is_jittered_by_a_fifth_and_no_longer_than_sqs_allows(attempt: int) -> None:
    scheduled = SCHEDULE_SECONDS[attempt - 1]

    shortest, longest = (seconds_until_next(attempt, 0, random) for random in EXTREMES)

    assert shortest == pytest.approx(0.8 * scheduled, abs=1)
    assert longest == pytest.approx(1.2 * scheduled, rel=0.01, abs=1)
    # The limit counts from the reception, so the attempt itself must fit in too.
    assert longest <= SQS_LIMIT_SECONDS - 60


@pytest.mark.parametrize("random", EXTREMES)
def test_an_endpoint_can_ask_for_a_longer_wait(random: float) -> None:
    assert seconds_until_next(1, 3600, random) == 3600


def test_an_endpoint_cannot_ask_for_a_shorter_wait() -> None:
    assert seconds_until_next(ATTEMPTS - 1, 1, 0.5) == SCHEDULE_SECONDS[-1]


@pytest.mark.parametrize("asked", [13 * 3600, 1e300, float("inf")])
def test_a_wait_that_is_asked_for_is_capped_too(asked: float) -> None:
    assert seconds_until_next(1, asked, 0.5) <= SQS_LIMIT_SECONDS - 60
