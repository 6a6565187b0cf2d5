"""The main job, with nothing in it that is not real: a browser, a certified server, two signatures.

All of these look at one connection, that of ``connected``; the last one ends it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect
from standardwebhooks import WebhookVerificationError

from tests.e2e.browser import Visitor
from tests.e2e.scene import POSTING, SHORT, SHORT_SECONDS, TENANT, Body, Scene
from tests.e2e.waiting import until
from tests.support.webhook_endpoint import Delivery

MINUTE_SECONDS = 60.0
SLACK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Connected:
    """What the backend has after its user has approved: an event, and the id that it names."""

    delivery: Delivery
    event: Body
    session: Body

    @property
    def id(self) -> str:
        return str(self.event["connectionId"])


@pytest.fixture(scope="module")
def connected(scene: Scene, browser: Browser) -> Iterator[Connected]:
    """From the session over list, form, login, consent and 308 to the page that says so."""
    session = scene.session("grace")
    with browser.new_context() as context:
        visitor = Visitor(context)
        visitor.approve(session["connect_link"], SHORT.name, name="grace")
        assert visitor.complaints == []
    delivery, event = scene.webhook(
        lambda body: body.get("endUser", {}).get("endUserId") == "grace"
    )
    yield Connected(delivery, event, session)


def test_the_backend_is_told_by_a_signed_event(scene: Scene, connected: Connected) -> None:
    scene.verify(connected.delivery)
    assert connected.event | {"tags": {}, "endUser": {}} == {
        "authMode": "OAUTH2",
        "connectionId": connected.id,
        "endUser": {},
        "environment": "dev",
        "from": "nango",
        "operation": "creation",
        "provider": "oidc",
        "providerConfigKey": SHORT.key,
        "success": True,
        "tags": {},
        "type": "auth",
        "version": 1,
    }
    forged = Delivery("/", connected.delivery.headers, connected.delivery.body + b" ")
    with pytest.raises(WebhookVerificationError):
        scene.verify(forged)


def test_the_waiting_page_is_told_as_well(scene: Scene, connected: Connected) -> None:
    result = scene.session_result(connected.session)
    assert result.pop("ended_at")
    assert result == {
        "status": "success",
        "integration_id": SHORT.key,
        "connection_id": connected.id,
    }


def test_an_expired_token_is_renewed_when_it_is_read(scene: Scene, connected: Connected) -> None:
    first = scene.access_token(connected.id, SHORT)
    assert scene.provider.userinfo_status(first) == 200
    until(
        lambda: scene.provider.userinfo_status(first) == 401,
        seconds=SHORT_SECONDS + SLACK_SECONDS,
        what="the access token expires",
    )
    second = scene.access_token(connected.id, SHORT)
    assert second != first
    assert scene.provider.userinfo_status(second) == 200


def test_a_form_posted_through_the_308_makes_a_connection(scene: Scene, visitor: Visitor) -> None:
    visitor.approve(scene.session("mary")["connect_link"], POSTING.name)
    (connection,) = scene.connections_of("mary")
    callback = f"{scene.carrick.callback_url}/{POSTING.key}"
    assert [sent.method for sent in visitor.sent if sent.url == callback] == ["POST"]
    token = scene.access_token(connection["connection_id"], POSTING)
    assert scene.provider.userinfo_status(token) == 200


def test_what_the_form_asks_for_goes_into_the_url(scene: Scene, visitor: Visitor) -> None:
    before = len(scene.provider.told)
    visitor.page.goto(scene.session("joan")["connect_link"])
    visitor.press(TENANT.name)
    workspace = visitor.page.get_by_role("textbox", name="Workspace", exact=True)
    visitor.press("Continue")
    help_text = "The first part of your workspace's address."
    expect(workspace).to_have_accessible_description(f"{help_text} This is needed.")
    workspace.fill("acme.evil.example#")
    visitor.press("Continue")
    expect(visitor.page.get_by_text("This does not fit. An example: acme")).to_be_visible()
    expect(workspace).to_be_focused()
    workspace.fill(" Acme ")
    visitor.press("Continue")
    visitor.log_in("joan")
    visitor.consent()
    expect(visitor.heading).to_have_text("Connected")
    (connection,) = scene.connections_of("joan")
    stored = scene.connection(connection["connection_id"], TENANT)
    assert stored["connection_config"] == {"subdomain": "acme"}
    urls = [told["url"] for told in scene.provider.told[before:]]
    asked = [url for url in urls if url.startswith("/auth?tenant=")]
    assert [url.partition("&")[0] for url in asked] == ["/auth?tenant=acme"]


def test_the_schedule_renews_it_without_any_read(scene: Scene, connected: Connected) -> None:
    current = scene.access_token(connected.id, SHORT)
    renewed = until(
        lambda: scene.provider.successor_of(current),
        seconds=MINUTE_SECONDS + SLACK_SECONDS,
        what="the schedule has the token refreshed",
    )
    assert scene.access_token(connected.id, SHORT) == renewed
    assert scene.provider.userinfo_status(renewed) == 200
    # Each refresh token was used once: the server ends a grant whose token is used again.
    client_id = scene.clients[SHORT.client].client_id
    refreshes = scene.provider.token_requests("refresh_token", client_id=client_id)
    assert {told["status"] for told in refreshes} == {200}


def test_deletion_ends_it_and_is_told(scene: Scene, connected: Connected) -> None:
    path = f"/connections/{connected.id}?provider_config_key={SHORT.key}"
    assert scene.carrick.api("DELETE", path).json == {"success": True}
    delivery, event = scene.webhook(
        lambda body: (body["operation"], body["connectionId"]) == ("deletion", connected.id)
    )
    scene.verify(delivery)
    assert event["success"] is True
    assert scene.carrick.api("GET", path).status == 404
