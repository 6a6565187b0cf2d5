import base64
import json

import pytest

from carrick.domain.modes.two_step import _end_of_jwt

END = 1_800_000_000


def jwt(claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.canary-secret-signature"


def test_a_jwt_is_renewed_a_quarter_of_an_hour_before_its_end() -> None:
    assert _end_of_jwt(jwt({"exp": END})) == END - 900


@pytest.mark.parametrize(
    "token",
    ["canary-secret-opaque", "a.b.c", jwt({}), jwt({"exp": "soon"}), jwt([1]), jwt({"exp": None})],
)
def test_what_is_no_jwt_with_an_end_has_none(token: str) -> None:
    assert _end_of_jwt(token) is None
