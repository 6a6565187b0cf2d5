"""What people see, at each step, in light and dark and on a telephone: nothing is cut off.

The pictures are kept in ``tests/e2e/screenshots``, for whoever wants to look at them.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.scene import LASTING, TENANT, Scene

PICTURES = Path(__file__).with_name("screenshots")
SCREENS = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "mobile": {
        "viewport": {"width": 320, "height": 568},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
}


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_can_be_read_and_used(
    screen: str, scene: Scene, new_visitor: Callable[..., Visitor]
) -> None:
    visitor = new_visitor(**SCREENS[screen])
    session = scene.session()

    def look(name: str, heading: str) -> None:
        expect(visitor.heading).to_have_text(heading)
        PICTURES.mkdir(exist_ok=True)
        visitor.page.screenshot(path=PICTURES / f"{name}-{screen}.png", full_page=True)
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{name} is wider than the screen"
        )

    visitor.page.goto(session["connect_link"])
    look("1-list", "Connect an account")
    visitor.press(TENANT.name)
    look("2-form", f"Connect {TENANT.name}")
    visitor.page.get_by_label("Workspace").fill("no/good")
    visitor.press("Continue")
    look("3-form-error", f"Connect {TENANT.name}")
    visitor.page.get_by_label("Workspace").fill("Acme")
    visitor.press("Continue")
    visitor.log_in("ada")
    visitor.refuse()
    look("4-failure", "The connection was not made")

    visitor.page.goto(session["connect_link"])
    visitor.press(LASTING.name)
    look("5-confirm", f"Connect {LASTING.name}")
    visitor.press("Continue")
    visitor.consent()
    look("6-success", "Connected")
    visitor.page.reload()
    look("7-used", "This link does not work")

    scene.carrick.api("DELETE", "/connect/session", bearer=session["token"])
    visitor.page.goto(session["connect_link"])
    look("8-expired", "This link has expired")
    visitor.page.goto("about:blank")
    visitor.page.goto(scene.carrick.base_url + "/connect/")
    look("9-direct", "This page cannot be opened directly")
