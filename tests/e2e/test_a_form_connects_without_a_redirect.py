"""An API key, filled in on the Connect page, becomes a connection and an event."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from carrick.oauth.pkce import code_challenge
from tests.e2e.browser import Visitor
from tests.e2e.scene import Body, Scene

KEY = "canary-secret-api-key"
INTEGRATION = {"provider": "keyed", "unique_key": "example-key", "display_name": "Example Keys"}


@pytest.fixture(autouse=True)
def keyed(scene: Scene) -> Iterator[None]:
    """The integration, for this file only: others count what they see."""
    scene.carrick.must("POST", "/integrations", INTEGRATION)
    yield
    scene.carrick.must("DELETE", "/integrations/example-key")


def test_an_api_key(scene: Scene, visitor: Visitor) -> None:
    seen = len(scene.receiver.deliveries)
    visitor.page.goto(scene.session("keeper")["connect_link"])
    visitor.press("Example Keys")
    field = visitor.page.get_by_label("API key")

    visitor.press("Connect")
    expect(visitor.page.get_by_text("This is needed.")).to_be_visible()
    field.fill(KEY)
    visitor.press("Connect")

    expect(visitor.heading).to_have_text("Connected")
    assert field.count() == 0
    assert KEY not in visitor.page.url
    delivery, event = scene.webhook(_is_of_the_integration, after=seen)
    scene.verify(delivery)
    assert (event["operation"], event["success"], event["authMode"]) == (
        "creation",
        True,
        "API_KEY",
    )
    path = f"/connections/{event['connectionId']}?provider_config_key=example-key"
    credentials = scene.carrick.must("GET", path)["credentials"]
    assert (credentials["type"], credentials["apiKey"]) == ("API_KEY", KEY)
    assert KEY not in scene.carrick.logs + scene.carrick.output


def test_what_confirms_it_goes_back_to_the_application(scene: Scene, visitor: Visitor) -> None:
    verifier, done = "v" * 43, "http://localhost:3000/done"
    visitor.context.route(f"{done}?**", lambda route: route.fulfill(body="The application"))
    session = scene.session(
        "sender",
        return_url=done,
        confirm_required=True,
        confirm_challenge=code_challenge(verifier),
    )
    visitor.page.goto(session["connect_link"])
    visitor.press("Example Keys")
    visitor.page.get_by_label("API key").fill(KEY)
    visitor.press("Connect")

    visitor.page.wait_for_url(f"{done}?**")
    assert scene.connections_of("sender") == []
    (code,) = parse_qs(urlsplit(visitor.page.url).query)["confirm_code"]
    given = {"session_id": session["session_id"], "confirm_code": code}
    given["confirm_verifier"] = verifier
    scene.carrick.must("POST", "/connect/sessions/confirm", given)
    (made,) = scene.connections_of("sender")
    assert made["provider_config_key"] == "example-key"


def _is_of_the_integration(event: Body) -> bool:
    return bool(event["providerConfigKey"] == "example-key")
