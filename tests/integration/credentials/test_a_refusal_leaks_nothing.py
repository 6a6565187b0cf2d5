import json

import pytest

from tests.integration.credentials.conftest import BODIES, Forms
from tests.support.connections import Connections

CODES = {
    "API_KEY": "connection_test_failed",
    "AWS_SIGV4": "aws_credentials_fetch_error",
    "BASIC": "connection_test_failed",
    "BILL": "bill_credentials_fetch_error",
    "JWT": "connection_test_failed",
    "OAUTH2_CC": "client_credentials_fetch_error",
    "SIGNATURE": "connection_test_failed",
    "TBA": "connection_test_failed",
    "TWO_STEP": "two_step_credentials_fetch_error",
}
ECHO = {"error": "invalid_client", "error_description": json.dumps([*BODIES.values()])}


@pytest.mark.parametrize("status", [400, 401, 429, 500])
@pytest.mark.parametrize("mode", CODES)
def test_whatever_the_provider_says(
    mode: str, status: int, forms: Forms, stored: Connections
) -> None:
    forms.use(mode)
    forms.api.answers = {
        f"{method} {path}": (status, ECHO)
        for method in ("GET", "POST")
        for path in ("/first", "/second", "/token", "/login", "/sts", "/sign-in")
    }

    answer = forms.submit()

    assert (answer.status, answer.json()["error"]["code"]) == (400, CODES[mode])
    assert "canary-secret" not in answer.text
    assert forms.connections() == []
    assert stored.told() == []


def test_a_step_that_fails_after_the_first(forms: Forms) -> None:
    forms.use("TWO_STEP")
    forms.api.answers["POST /exchange"] = (403, ECHO)
    answer = forms.submit()
    assert answer.json()["error"]["code"] == "two_step_credentials_fetch_error"
    assert "canary-secret" not in answer.text
    assert forms.connections() == []
