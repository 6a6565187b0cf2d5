"""An API key, filled in on the Connect page, becomes a connection and an event."""

from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.scene import Body, Scene

KEY = "canary-secret-api-key"
INTEGRATION = {"provider": "keyed", "unique_key": "example-key", "display_name": "Example Keys"}


def test_an_api_key(scene: Scene, visitor: Visitor) -> None:
    scene.carrick.must("POST", "/integrations", INTEGRATION)
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
    scene.carrick.must("DELETE", "/integrations/example-key")


def _is_of_the_integration(event: Body) -> bool:
    return bool(event["providerConfigKey"] == "example-key")
