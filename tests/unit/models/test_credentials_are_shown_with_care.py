"""Credentials as they are sealed, shown and printed."""

import json

import pytest

from carrick.models.credentials import MAX_RAW_BYTES, Credentials

SECRET = "canary-secret"
CREDENTIALS = Credentials(
    "OAUTH2",
    {"access_token": f"{SECRET}-a", "refresh_token": f"{SECRET}-r"},
    1_700_000_000.25,
    {"scope": "ü", "inner": [{"refresh_token": f"{SECRET}-r", "n": 1}]},
)


def test_what_is_sealed_is_read() -> None:
    assert Credentials.from_bytes(CREDENTIALS.to_bytes()) == CREDENTIALS
    never = Credentials("NONE", {})
    assert Credentials.from_bytes(never.to_bytes()) == never


def test_no_secret_is_printed() -> None:
    assert SECRET not in repr(CREDENTIALS)
    assert SECRET not in str(CREDENTIALS)


@pytest.mark.parametrize(
    "name", ["refresh_token", "refreshToken", "REFRESH-TOKEN", "Refresh_Token", "refreshtoken"]
)
def test_refresh_tokens_are_left_out_at_any_depth_and_in_any_spelling(name: str) -> None:
    raw = {name: SECRET, "kept": [{name: SECRET, "kept": {"x": [{name: SECRET}]}}]}
    shown = Credentials("OAUTH2", {"access_token": "a", name: SECRET}, raw=raw).to_wire(
        with_refresh_token=False
    )
    assert shown == {
        "type": "OAUTH2",
        "access_token": "a",
        "raw": {"kept": [{"kept": {"x": [{}]}}]},
    }


@pytest.mark.parametrize("name", ["refresh_token_expires_in", "has_refresh_token"])
def test_what_only_reads_alike_stays(name: str) -> None:
    assert Credentials("OAUTH2", {name: 1}).to_wire(with_refresh_token=False)[name] == 1


def test_all_of_it_is_shown_when_asked_for() -> None:
    shown = CREDENTIALS.to_wire(with_refresh_token=True)
    assert shown == {
        "type": "OAUTH2",
        **CREDENTIALS.values,
        "expires_at": "2023-11-14T22:13:20.250Z",
        "raw": CREDENTIALS.raw,
    }


@pytest.mark.parametrize("token", [None, "", 5, ["x"]])
def test_a_token_is_text(token: object) -> None:
    odd = Credentials("OAUTH2", {"access_token": token, "refresh_token": token})
    assert odd.refresh_token is None
    assert odd.access_token == ""


def test_an_answer_is_kept_up_to_a_bound() -> None:
    framed = len(json.dumps({"x": ""}))
    just = CREDENTIALS.with_values()
    most = Credentials("OAUTH2", just.values, raw={"x": "y" * (MAX_RAW_BYTES - framed)})
    more = Credentials("OAUTH2", just.values, raw={"x": "y" * (MAX_RAW_BYTES - framed + 1)})
    assert most.within_bounds() is most
    assert more.within_bounds().raw == {}
    assert more.within_bounds().values == just.values
