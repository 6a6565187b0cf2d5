import json

import pytest

from tests.integration.credentials.conftest import BODIES, Forms
from tests.support.connections import Connections

SHOWN = {
    "API_KEY": BODIES["API_KEY"],
    "BASIC": BODIES["BASIC"],
    "AWS_SIGV4": {
        **BODIES["AWS_SIGV4"],
        "access_key_id": "ASIA-1",
        "secret_access_key": "canary-secret-token-1",
        "session_token": "canary-secret-session",
        "service": "s3",
    },
    "BILL": {**BODIES["BILL"], "session_id": "canary-secret-token-1", "user_id": "u-1"},
    "JWT": BODIES["JWT"],
    "NONE": {},
    "OAUTH2_CC": {**BODIES["OAUTH2_CC"], "token": "canary-secret-token-1"},
    "SIGNATURE": BODIES["SIGNATURE"],
    "TBA": {**BODIES["TBA"], "config_override": {}},
    "TWO_STEP": {"user": "ada", "pin": "canary-secret-pin", "token": "canary-secret-token-1"},
}


@pytest.mark.parametrize("mode", SHOWN)
def test_it_is_readable_and_nowhere_else(mode: str, forms: Forms, stored: Connections) -> None:
    forms.use(mode)
    connection_id = forms.connect()

    credentials = forms.tenant.read(connection_id).json()["credentials"]
    assert credentials["type"] == mode
    assert {name: credentials.get(name) for name in SHOWN[mode]} == SHOWN[mode]
    (row,) = forms.connections()
    assert row["connection_id"] == connection_id
    assert "canary-secret" not in json.dumps(row)
    assert "canary-secret" not in json.dumps(stored.events(), default=str)
    assert stored.told() == [("creation", True)]


def test_a_password_may_be_empty(forms: Forms) -> None:
    forms.use("BASIC")
    connection_id = forms.connect(body={"username": "canary-secret-key", "password": ""})
    assert forms.tenant.read(connection_id).json()["credentials"]["password"] == ""


@pytest.mark.parametrize("mode", SHOWN)
def test_a_reconnect_renews_the_same_connection(
    mode: str, forms: Forms, stored: Connections
) -> None:
    forms.use(mode)
    connection_id = forms.connect()
    before = forms.tenant.read(connection_id).json()
    forms.tell(2)

    again = forms.connect(token=forms.tenant.reconnect_session(connection_id))

    after = forms.tenant.read(connection_id).json()
    assert (again, after["id"]) == (connection_id, before["id"])
    assert stored.told() == [("creation", True), ("override", True)]


def test_the_browser_cannot_set_what_is_the_customers(forms: Forms) -> None:
    forms.use("API_KEY")
    query = "&params[webhook_url]=https://a.example.com&params[colour]=blue"
    connection_id = forms.connect(query=query)
    assert forms.tenant.read(connection_id).json()["connection_config"] == {"colour": "blue"}
