from dataclasses import replace

from carrick.models import wire_connections
from carrick.models.environment import ConnectUi
from carrick.models.session import IntegrationDefaults, Reconnect
from tests.support.flow_facts import NOW, SESSION


def test_a_plain_session() -> None:
    assert wire_connections.session(SESSION, "/", ConnectUi()) == {
        "endUser": None,
        "connectUISettings": {
            "showWatermark": True,
            "defaultTheme": "system",
            "theme": {"light": {"primary": "#0B62C4"}, "dark": {"primary": "#7AB4FF"}},
        },
        "websocketsPath": "/",
    }


def test_a_session_with_everything() -> None:
    session = replace(
        SESSION,
        end_user={"id": "u1", "organization": {"id": "o1"}},
        allowed_integrations=("github",),
        defaults={
            "github": IntegrationDefaults(
                user_scopes="canary-secret",
                authorization_params={"prompt": "consent"},
                connection_config={"subdomain": "acme"},
                scopes_override=("read",),
            )
        },
        overrides={"github": {"docs_connect": "https://docs.example"}},
        reconnect=Reconnect("github", "c-1", 7, {"team": "x"}),
        result={"status": "success", "connection_id": "c-1"},
        webhook_url_override="https://hooks.example/one",
    )
    shown = wire_connections.session(session, "wss://sockets.example/socket", ConnectUi())

    assert shown["endUser"] == {
        "id": "u1",
        "display_name": None,
        "email": None,
        "tags": {},
        "organization": {"id": "o1", "display_name": None},
    }
    assert shown["allowed_integrations"] == ["github"]
    assert shown["integrations_config_defaults"] == {
        "github": {
            "connection_config": {"subdomain": "acme"},
            "authorization_params": {"prompt": "consent"},
        }
    }
    assert shown["overrides"] == {"github": {"docs_connect": "https://docs.example"}}
    assert shown["isReconnecting"] is True
    assert shown["websocketsPath"] == "wss://sockets.example/socket"
    assert shown["result"] == {"status": "success", "connection_id": "c-1"}
    for hidden in ("canary-secret", "hooks.example", SESSION.token_hash, "env", "team"):
        assert hidden not in str(shown).replace("websocketsPath", "")


def test_the_link_leads_to_the_page_with_a_slash() -> None:
    shown = wire_connections.created_session("tok", replace(SESSION, expires_at=NOW), "https://c.e")
    assert shown == {
        "token": "tok",
        "connect_link": "https://c.e/connect/?session_token=tok",
        "expires_at": "2027-01-15T08:00:00.000Z",
    }
