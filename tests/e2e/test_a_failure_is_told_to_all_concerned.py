"""The person sees a page, the page that waits gets a result, the backend an event."""

import base64
import urllib.parse
import urllib.request

from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.scene import LASTING, Body, Scene


def _is_failure(body: Body) -> bool:
    return body["success"] is False


def test_a_person_who_refuses(scene: Scene, visitor: Visitor) -> None:
    session = scene.session("refusing")
    seen = len(scene.receiver.deliveries)
    exchanges = len(scene.provider.token_requests("authorization_code"))
    visitor.begin(session["connect_link"], LASTING.name)
    visitor.log_in("refusing")
    visitor.refuse()
    expect(visitor.heading).to_have_text("The connection was not made")
    expect(visitor.page.get_by_text("access_denied")).to_be_visible()
    delivery, event = scene.webhook(_is_failure, after=seen)
    scene.verify(delivery)
    assert (event["operation"], event["providerConfigKey"]) == ("creation", LASTING.key)
    assert event["error"]["type"] == "invalid_callback"
    assert "access_denied" in event["error"]["description"]
    result = scene.session_result(session)
    assert result is not None
    assert (result["status"], result["error_type"]) == ("error", "callback_err")
    assert scene.connections_of("refusing") == []
    assert len(scene.provider.token_requests("authorization_code")) == exchanges


def test_a_person_who_refuses_can_go_back_and_approve(scene: Scene, visitor: Visitor) -> None:
    visitor.begin(scene.session("changeable")["connect_link"], LASTING.name)
    visitor.page.go_back()
    expect(visitor.heading).to_have_text(f"Connect {LASTING.name}")
    visitor.page.go_back()
    expect(visitor.heading).to_have_text("Connect an account")
    visitor.press(LASTING.name)
    visitor.press("Continue")
    visitor.log_in("changeable")
    visitor.consent()
    expect(visitor.heading).to_have_text("Connected")
    assert len(scene.connections_of("changeable")) == 1


def test_a_link_whose_session_has_ended(scene: Scene, visitor: Visitor) -> None:
    session = scene.session("late")
    assert scene.carrick.api("DELETE", "/connect/session", bearer=session["token"]).status == 204
    visitor.page.goto(session["connect_link"])
    expect(visitor.heading).to_have_text("This link has expired")


def test_a_session_that_ends_in_the_middle(scene: Scene, visitor: Visitor) -> None:
    session = scene.session("slow")
    exchanges = len(scene.provider.token_requests("authorization_code"))
    visitor.begin(session["connect_link"], LASTING.name)
    visitor.log_in("slow")
    assert scene.carrick.api("DELETE", "/connect/session", bearer=session["token"]).status == 204
    visitor.consent()
    expect(visitor.heading).to_have_text("The connection was not made")
    assert scene.connections_of("slow") == []
    assert len(scene.provider.token_requests("authorization_code")) == exchanges


def test_a_stolen_refresh_token_ends_the_grant(scene: Scene, visitor: Visitor) -> None:
    visitor.approve(scene.session("robbed")["connect_link"], LASTING.name)
    (connection,) = scene.connections_of("robbed")
    seen = len(scene.receiver.deliveries)
    stored = scene.connection(connection["connection_id"], LASTING, refresh_token="true")
    assert _steal(scene, stored["credentials"]["refresh_token"]) == 200
    path = f"/connections/{connection['connection_id']}?provider_config_key={LASTING.key}"
    answer = scene.carrick.api("GET", f"{path}&force_refresh=true")
    assert answer.status == 424
    delivery, event = scene.webhook(_is_failure, after=seen)
    scene.verify(delivery)
    assert (event["operation"], event["connectionId"]) == ("refresh", connection["connection_id"])
    assert "invalid_grant" in event["error"]["description"]
    (listed,) = scene.connections_of("robbed")
    assert [error["type"] for error in listed["errors"]] == ["auth"]


def _steal(scene: Scene, refresh_token: str) -> int:
    """Use a refresh token of Carrick's as somebody else who knows the client's secret."""
    client = scene.clients[LASTING.client]
    basic = base64.b64encode(f"{client.client_id}:{client.client_secret}".encode()).decode()
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    request = urllib.request.Request(
        f"{scene.provider.issuer}/token",
        urllib.parse.urlencode(form).encode(),
        {"authorization": f"Basic {basic}"},
    )
    with urllib.request.urlopen(request) as response:
        return int(response.status)
