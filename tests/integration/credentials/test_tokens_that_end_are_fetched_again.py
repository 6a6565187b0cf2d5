import json
import time
from urllib.parse import parse_qsl

import pytest

from tests.integration.credentials.conftest import Forms
from tests.support.connections import Connections

MEMBERS = {
    "AWS_SIGV4": "secret_access_key",
    "BILL": "session_id",
    "OAUTH2_CC": "token",
    "TWO_STEP": "token",
}
by_mode = pytest.mark.parametrize("mode", MEMBERS)
by_signing_mode = pytest.mark.parametrize("mode", ["JWT", "SIGNATURE"])


def end(forms: Forms, connection_id: str) -> None:
    """As if the token had just ended."""
    pk = f"{forms.tenant.environment_id}#test#{connection_id}"
    forms.tenant.stack.update("ConnectionsTable", {"pk": pk}, expires_at=time.time() - 1)


def token_of(forms: Forms, connection_id: str) -> str:
    shown = forms.tenant.read(connection_id).json()["credentials"]
    return str(shown[MEMBERS.get(forms.mode, "token")])


@by_mode
def test_by_a_read_of_one_that_ended(mode: str, forms: Forms) -> None:
    forms.use(mode)
    connection_id = forms.connect()
    end(forms, connection_id)
    forms.tell(2)

    assert token_of(forms, connection_id) == "canary-secret-token-2"
    assert token_of(forms, connection_id) == "canary-secret-token-2"


@by_mode
def test_by_the_worker(mode: str, forms: Forms, stored: Connections) -> None:
    forms.use(mode)
    forms.tell(1, seconds=5)
    connection_id = forms.connect()
    forms.tell(2)
    key = f"{forms.tenant.environment_id}#test#{connection_id}"
    forms.tenant.stack.update("ConnectionsTable", {"pk": key}, refresh_at=1)
    message = {
        "environment_id": forms.tenant.environment_id,
        "integration_id": "test",
        "connection_id": connection_id,
    }
    record = {"messageId": "m-1", "body": json.dumps(message)}

    answer = forms.tenant.stack.invoke("refresh_worker", {"Records": [record]})

    assert answer == {"batchItemFailures": []}
    assert stored.credentials(connection_id).values[MEMBERS[mode]] == "canary-secret-token-2"


@by_signing_mode
def test_what_is_signed_here_is_signed_anew(mode: str, forms: Forms, stored: Connections) -> None:
    forms.use(mode)
    connection_id = forms.connect()
    end(forms, connection_id)
    forms.api.asked.clear()

    assert token_of(forms, connection_id)

    after = stored.stored(connection_id)
    assert after.version == 2
    assert after.expires_at == pytest.approx(time.time() + 300, abs=30)
    assert forms.api.asked == []


def test_a_chain_uses_the_answers_before(forms: Forms) -> None:
    forms.use("TWO_STEP")
    forms.connect()
    assert [json.loads(asked.body) for asked in forms.api.asked] == [
        {"user": "ada", "pin": "canary-secret-pin"},
        {"ticket": "canary-secret-ticket-1"},
    ]


def test_client_credentials_go_as_the_rfc_says(forms: Forms) -> None:
    forms.use("OAUTH2_CC")
    forms.connect()
    (asked,) = forms.api.of("/token")
    assert dict(parse_qsl(asked.body)) == {
        "grant_type": "client_credentials",
        "client_id": "ada",
        "client_secret": "canary-secret-own-client",
    }


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("AWS_SIGV4", "aws_credentials_fetch_error"),
        ("BILL", "bill_credentials_fetch_error"),
        ("OAUTH2_CC", "client_credentials_fetch_error"),
        ("TWO_STEP", "two_step_credentials_fetch_error"),
    ],
)
def test_a_failure_is_told_under_its_own_name(
    mode: str, code: str, forms: Forms, stored: Connections
) -> None:
    forms.use(mode)
    connection_id = forms.connect()
    end(forms, connection_id)
    for path in ("/token", "/login", "/sts", "/sign-in"):
        forms.api.answers[f"POST {path}"] = (401, {"error": "invalid_client"})

    assert forms.tenant.read(connection_id).status == 424
    (event,) = [event for event in stored.events() if not event["success"]]
    assert event["operation"] == "refresh"
    assert code in json.dumps(event, default=str)
