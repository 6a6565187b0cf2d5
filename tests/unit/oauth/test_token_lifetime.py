"""Requirement 15 of the security list: a lifetime is believed, or unknown; never nonsense."""

import json

import pytest

from carrick.models.http import InboundResponse
from carrick.oauth.token import TokenRules, process_token_response

NOW = 1_790_000_000.0
TEN_YEARS = 10 * 365 * 86_400


def expires_at(fields, **rules):
    body = json.dumps({"access_token": "canary-secret", **fields}).encode()
    response = InboundResponse(200, {"content-type": "application/json"}, body)
    return process_token_response(response, TokenRules(**rules), now=NOW).expires_at


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        (" 3600 ", 3600),
        (3600.0, 3600),
        (1, 1),
        (TEN_YEARS, TEN_YEARS),
    ],
)
def test_a_sane_lifetime_is_believed(value, seconds):
    assert expires_at({"expires_in": value}) == NOW + seconds


@pytest.mark.parametrize(
    "value",
    [
        *[-1, 0, 3600.5, 1e30, 1e999, None, True, False, TEN_YEARS + 1, 10**30, -(10**30)],
        *["", "-1", "0", "3600.5", "1e3", "0x10", "never", "٣٦٠٠", "9" * 400, "1_000"],
        *[[3600], {"seconds": 3600}],
    ],
)
def test_any_other_lifetime_is_unknown(value):
    assert expires_at({"expires_in": value}) is None


def test_a_lifetime_in_milliseconds():
    assert expires_at({"expires_in": 1_800_000}, expires_in_unit="milliseconds") == NOW + 1800
    assert expires_at({"expires_in": "500"}, expires_in_unit="milliseconds") == NOW + 0.5
    assert expires_at({"expires_in": 10**15}, expires_in_unit="milliseconds") is None


@pytest.mark.parametrize(
    "value",
    [
        1_790_003_600,
        1_790_003_600.0,
        "1790003600",
        1_790_003_600_000,
        "1790003600000",
        "2026-09-21T15:13:20Z",
        "2026-09-21T15:13:20.000+00:00",
        "2026-09-21T17:13:20+02:00",
        "2026-09-21 15:13:20",
    ],
)
@pytest.mark.parametrize("name", ["expires_at", "expires_on"])
def test_a_date_is_read_in_seconds_milliseconds_and_iso_8601(name, value):
    assert expires_at({name: value}) == NOW + 3600


@pytest.mark.parametrize(
    "value",
    [
        *[0, -1, 1e30, 10**30, int(NOW), int(NOW) - 1, int(NOW) + TEN_YEARS + 1, True, None],
        *["", "soon", "2026-13-45", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"],
        *["2" * 100_000, [], {}],
    ],
)
def test_a_date_that_is_past_far_or_no_date_is_unknown(value):
    assert expires_at({"expires_at": value}) is None


def test_a_lifetime_is_preferred_to_a_date():
    assert expires_at({"expires_in": 60, "expires_at": int(NOW) + 3600}) == NOW + 60
    assert expires_at({"expires_in": 0, "expires_at": int(NOW) + 3600}) == NOW + 3600


def test_a_documented_lifetime_counts_when_the_answer_has_none():
    assert expires_at({}, fixed_lifetime_seconds=900) == NOW + 900
    assert expires_at({"expires_in": 60}, fixed_lifetime_seconds=900) == NOW + 60


@pytest.mark.parametrize("fixed", [None, 0, -5])
def test_no_lifetime_at_all_is_unknown(fixed):
    assert expires_at({}, fixed_lifetime_seconds=fixed) is None
