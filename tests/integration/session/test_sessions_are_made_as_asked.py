import json
import re
import time

from carrick.clock import parse_iso
from tests.support.tenant import Tenant

PERSON = {"id": "u1", "email": "ada@example.com", "display_name": "Ada", "tags": {"team": "blue"}}
COMPANY = {"id": "o1", "display_name": "Engines"}


def test_the_answer_holds_token_link_and_end(tenant: Tenant) -> None:
    before = time.time()
    answer = tenant.call("POST", "/connect/sessions", {"tags": {}})

    assert answer.status == 201
    assert answer.json().keys() == {"data"}
    data = answer.json()["data"]
    assert data.keys() == {"token", "connect_link", "expires_at"}
    assert re.fullmatch(r"nango_connect_session_[a-f0-9]{64}", data["token"])
    link = f"https://carrick.example/connect/?session_token={data['token']}"
    assert data["connect_link"] == link
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", data["expires_at"])
    assert 1_799 < parse_iso(data["expires_at"]) - before < 1_810


def test_the_token_is_stored_nowhere_and_no_two_are_alike(tenant: Tenant) -> None:
    tokens = {tenant.session() for _ in range(5)}
    assert len(tokens) == 5
    stored = tenant.stack.everything_stored()
    assert not any(token in stored or token[-64:] in stored for token in tokens)


def test_the_page_reads_what_it_needs(tenant: Tenant) -> None:
    asked = {
        "end_user": PERSON,
        "organization": COMPANY,
        "allowed_integrations": ["test"],
        "integrations_config_defaults": {
            "test": {
                "user_scopes": "identify",
                "authorization_params": {"prompt": "consent"},
                "connection_config": {"region": "eu", "oauth_scopes_override": "read"},
            }
        },
        "overrides": {"test": {"docs_connect": "https://docs.example.com"}},
        "allowed_origins": ["https://app.example.com"],
        "webhook_url_override": "https://hooks.example.com/one",
    }
    token = tenant.session(**asked)
    answer = tenant.stack.http(
        "GET", "/connect/session", headers={"authorization": f"Bearer {token}"}
    )

    assert answer.status == 200
    data = answer.json()["data"]
    assert data["endUser"] == {**PERSON, "organization": COMPANY}
    assert data["allowed_integrations"] == ["test"]
    assert data["integrations_config_defaults"] == {
        "test": {
            "connection_config": {"region": "eu"},
            "authorization_params": {"prompt": "consent"},
        }
    }
    assert data["overrides"] == {"test": {"docs_connect": "https://docs.example.com"}}
    assert "isReconnecting" not in data
    assert "result" not in data
    (stored,) = tenant.stack.items("SessionsTable")
    assert stored["tags"] == {
        "end_user_id": "u1",
        "end_user_email": "ada@example.com",
        "end_user_display_name": "Ada",
        "organization_id": "o1",
        "organization_display_name": "Engines",
        "team": "blue",
    }


def test_an_organization_alone_becomes_tags(tenant: Tenant) -> None:
    answer = tenant.call("POST", "/connect/sessions", {"tags": {}, "organization": COMPANY})
    assert answer.status == 201
    (stored,) = tenant.stack.items("SessionsTable")
    assert stored["tags"]["organization_id"] == "o1"
    assert "end_user" not in stored


def test_a_deleted_session_is_dead_at_once(tenant: Tenant) -> None:
    token = tenant.session()
    headers = {"authorization": f"Bearer {token}"}
    deleted = tenant.stack.http("DELETE", "/connect/session", headers=headers)

    assert (deleted.status, deleted.body) == (204, b"")
    for method in ("GET", "DELETE"):
        again = tenant.stack.http(method, "/connect/session", headers=headers)
        assert again.status == 401
        assert again.json()["error"]["code"] == "unknown_connect_session_token"
    assert tenant.start(token).status == 401
    assert tenant.stack.items("SessionsTable") == []


def test_a_session_that_ended_is_dead_before_its_item_is_purged(tenant: Tenant) -> None:
    token = tenant.session()
    (item,) = tenant.stack.items("SessionsTable")
    tenant.stack.update("SessionsTable", {"pk": item["pk"]}, expires_at=time.time() - 1)

    answer = tenant.stack.http(
        "GET", "/connect/session", headers={"authorization": f"Bearer {token}"}
    )
    assert (answer.status, answer.json()["error"]["code"]) == (401, "unknown_connect_session_token")
    assert tenant.start(token).status == 401


def test_telemetry_is_taken_and_not_kept(tenant: Tenant) -> None:
    event = {"token": tenant.session(), "event": "open", "timestamp": "2026-01-01T00:00:00Z"}
    before = tenant.stack.everything_stored()
    # A beacon is sent as text, so that the browser asks for no permission first.
    for content_type in ("application/json", "text/plain"):
        answer = tenant.stack.http(
            "POST",
            "/connect/telemetry",
            headers={"content-type": content_type},
            body=json.dumps(event),
        )
        assert answer.status == 204
    for body, status in (({**event, "x": 1}, 400), ("{", 400), ("x" * 300_000, 413)):
        assert tenant.stack.http("POST", "/connect/telemetry", body=body).status == status
    assert tenant.stack.everything_stored() == before
