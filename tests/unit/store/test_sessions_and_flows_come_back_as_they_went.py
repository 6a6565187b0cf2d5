from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrick.models.flow import Flow
from carrick.models.session import ConnectSession, IntegrationDefaults, Reconnect
from carrick.store.flows import FlowStore
from carrick.store.sessions import SessionStore
from tests.support.flow_facts import FLOW, NOW, SESSION

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
maps = st.dictionaries(texts, texts, max_size=3)
defaults = st.builds(
    IntegrationDefaults,
    user_scopes=st.text(max_size=5),
    authorization_params=maps,
    connection_config=maps,
    scopes_override=st.none() | st.lists(texts, max_size=3).map(tuple),
)
sessions = st.builds(
    ConnectSession,
    token_hash=texts,
    environment_id=texts,
    created_at=st.just(NOW),
    expires_at=st.floats(NOW + 1, NOW + 5_000),
    operation_id=texts,
    end_user=st.none() | maps,
    tags=st.none() | maps,
    allowed_integrations=st.lists(texts, max_size=3).map(tuple),
    defaults=st.dictionaries(texts, defaults, max_size=2),
    overrides=st.dictionaries(texts, maps, max_size=2),
    allowed_origins=st.lists(texts, max_size=2).map(tuple),
    webhook_url_override=st.none() | st.text(max_size=5),
    reconnect=st.none() | st.builds(Reconnect, texts, texts, st.integers(1, 2**53), maps),
    allow_account_change=st.booleans(),
    result=st.none() | maps,
)


class OneItem:
    """A DynamoDB client of one item, which keeps what was asked of it."""

    def __init__(self) -> None:
        self.item: dict[str, Any] = {}
        self.requests: list[dict[str, Any]] = []

    def put_item(self, **request: Any) -> None:
        self.item = request["Item"]

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {"Item": self.item} if self.item else {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        return {"Attributes": self.item}


@given(sessions)
def test_a_session_loses_nothing(session: ConnectSession) -> None:
    client = OneItem()
    store = SessionStore(client, "sessions", now=lambda: NOW)
    store.put(session)

    assert store.get_by_hash(session.token_hash) == session
    assert client.requests[0]["ConsistentRead"] is True


def test_a_session_that_ended_is_gone_though_its_item_is_there() -> None:
    client, time = OneItem(), [NOW]
    store = SessionStore(client, "sessions", now=lambda: time[0])
    store.put(SESSION)
    time[0] = SESSION.expires_at - 0.001
    assert store.get_by_hash(SESSION.token_hash) == SESSION
    time[0] = SESSION.expires_at
    assert store.get_by_hash(SESSION.token_hash) is None
    assert float(client.item["purge_at"]["N"]) > SESSION.expires_at


@pytest.mark.parametrize(
    "flow",
    [
        FLOW,
        replace(FLOW, sealed_secrets=b"\x01sealed", is_reconnect=True, issuer_required=True),
        replace(FLOW, connection_config={"a": "b"}, requested_scopes=(), ws_client_id="ws"),
    ],
)
def test_a_flow_loses_nothing(flow: Flow) -> None:
    client = OneItem()
    store = FlowStore(client, "flows", now=lambda: NOW)
    store.put(flow)
    assert float(client.item["purge_at"]["N"]) > flow.expires_at

    assert store.consume(flow.state_hash, frozenset({flow.binding_hash})) == flow


def test_a_browser_without_a_cookie_costs_no_request() -> None:
    client = OneItem()
    assert FlowStore(client, "flows", now=lambda: NOW).consume("hash", frozenset()) is None
    assert client.requests == []
