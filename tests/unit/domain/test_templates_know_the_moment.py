import pytest

from carrick.domain.modes.placeholders import Moment

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("now", "2027-01-15T08:00:00Z"),
        ("now:YYYY-MM-DD", "2027-01-15"),
        ("now:YYYYMMDDHHmmss", "20270115080000"),
        ("now:YYYY-MM-DD[T]HH:mm:ss[Z]", "2027-01-15T08:00:00Z"),
        ("now:rfc2822", "Fri, 15 Jan 2027 08:00:00 +0000"),
        ("now+7:days:YYYY-MM-DD", "2027-01-22"),
        ("now+90:minutes:HH:mm", "09:30"),
        ("now-1:hours:HH:mm", "07:00"),
    ],
)
def test_a_moment_is_written_as_asked(name: str, text: str) -> None:
    assert Moment({}, NOW)[name] == text


@pytest.mark.parametrize("name", ["now+1:fortnights:YYYY", "apiKey"])
def test_what_is_not_known_has_no_value(name: str) -> None:
    with pytest.raises(KeyError):
        Moment({}, NOW)[name]


def test_random_stays_within_a_request_and_differs_between_them() -> None:
    one, other = Moment({}, NOW), Moment({}, NOW)
    assert one["random"] == one["random"]
    assert one["random"] != other["random"]
