"""What people see, at each step, in light and dark and on a telephone: nothing is cut off.

Nor is anything in the way of those who use a screen reader or the keyboard alone, as far as axe can
tell. The pictures are kept in ``tests/e2e/screenshots``, for whoever wants to look at them.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.e2e.browser import Visitor
from tests.e2e.embedding_page import Embedded, running_application
from tests.e2e.scene import TENANT, Scene

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


AXE = (Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js").read_text("utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
KEYED = {
    "provider": "keyed",
    "unique_key": "example-shown-key",
    "display_name": "Example Keys",
}


class Onlooker:
    """Looks at what shows: keeps a picture, and has axe look at it."""

    def __init__(self, page: Page, screen: str) -> None:
        self.page = page
        self.screen = screen

    def look(self, name: str, *, frame: Frame | None = None) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}-{self.screen}.png", full_page=True)
        place = frame or self.page.main_frame
        assert place.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{name} is wider than the screen"
        )
        place.evaluate(AXE)
        found = place.evaluate("rules => axe.run(document, { runOnly: rules })", list(RULES))[
            "violations"
        ]
        told = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
        assert told == [], name


@pytest.fixture(scope="module", autouse=True)
def keyed(scene: Scene) -> Iterator[None]:
    scene.carrick.must("POST", "/integrations", KEYED)
    yield
    scene.carrick.must("DELETE", f"/integrations/{KEYED['unique_key']}")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_can_be_read_and_used(
    screen: str, scene: Scene, new_visitor: Callable[..., Visitor]
) -> None:
    visitor = new_visitor(**SCREENS[screen])
    session = scene.session()
    onlooker = Onlooker(visitor.page, screen)

    def look(name: str, heading: str) -> None:
        expect(visitor.heading).to_have_text(heading)
        onlooker.look(name)

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
    expect(visitor.heading).to_have_text("The connection was not made")
    visitor.page.screenshot(path=PICTURES / f"4-failure-{screen}.png", full_page=True)

    visitor.page.goto(session["connect_link"])
    visitor.press(KEYED["display_name"])
    visitor.page.get_by_label("API key").fill("canary-secret-shown")
    look("5-key", f"Connect {KEYED['display_name']}")
    visitor.press("Connect")
    look("6-success", "Connected")

    scene.carrick.api("DELETE", "/connect/session", bearer=session["token"])
    visitor.page.goto(session["connect_link"])
    look("7-expired", "This link has expired")
    visitor.page.goto("about:blank")
    visitor.page.goto(scene.carrick.base_url + "/connect/")
    look("8-direct", "This page cannot be opened directly")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_embedded_page_too(
    screen: str, scene: Scene, new_visitor: Callable[..., Visitor]
) -> None:
    visitor = new_visitor(**SCREENS[screen])
    onlooker = Onlooker(visitor.page, screen)
    connect = quote(f"{scene.carrick.base_url}/connect/", safe="")
    with running_application() as port:
        token = scene.session("shown")["token"]
        visitor.page.goto(f"http://localhost:{port}/?connect={connect}&token={token}")
        embedded = Embedded(visitor.page)

        def look(name: str, heading: str) -> None:
            embedded.sees(heading)
            onlooker.look(name, frame=visitor.page.frames[1])

        look("e1-list", "Connect an account")
        embedded.press(TENANT.name)
        embedded.frame.get_by_label("Workspace").fill("Acme")
        look("e2-form", f"Connect {TENANT.name}")
        embedded.press("Close")
        embedded.frame.get_by_role("button", name="Keep").wait_for()
        look("e3-question", f"Connect {TENANT.name}")
        embedded.press("Keep")
        with visitor.page.expect_popup() as opened:
            embedded.press("Continue")
        look("e4-waiting", "Go on in the other window")
        opened.value.get_by_role("link", name="Cancel").click()
        look("e5-failure", "The connection was not made")
        embedded.press("Try again")
        embedded.press("All accounts")
        embedded.press(KEYED["display_name"])
        embedded.frame.get_by_label("API key").fill("canary-secret-shown")
        embedded.press("Connect")
        look("e6-success", "Connected")


def test_the_keyboard_is_enough(scene: Scene, visitor: Visitor) -> None:
    visitor.page.goto(scene.session("typist")["connect_link"])
    expect(visitor.heading).to_be_focused()
    for _ in range(20):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("document.activeElement.textContent").endswith(TENANT.name):
            break
    visitor.page.keyboard.press("Enter")
    expect(visitor.heading).to_have_text(f"Connect {TENANT.name}")
    expect(visitor.heading).to_be_focused()
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.type("a b")
    visitor.page.keyboard.press("Enter")
    workspace = visitor.page.get_by_role("textbox", name="Workspace", exact=True)
    expect(workspace).to_be_focused()
    visitor.page.keyboard.press("Control+a")
    visitor.page.keyboard.type("acme")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_placeholder("Enter any login").wait_for()


def test_a_thousand_integrations_are_found_by_typing(scene: Scene, visitor: Visitor) -> None:
    names = [f"Product {number}" for number in range(1_099)] + ["Zürich Ledger"]
    many = [
        {"unique_key": f"k{number}", "provider": "keyed", "display_name": name}
        for number, name in enumerate(names)
    ]
    visitor.page.route("**/integrations", lambda route: route.fulfill(json={"data": many}))
    visitor.page.goto(scene.session("searching")["connect_link"])
    visitor.page.get_by_role("searchbox", name="Search").fill("zurich")
    expect(visitor.page.get_by_role("listitem")).to_have_count(1)
    expect(visitor.page.get_by_role("button", name="Zürich Ledger", exact=True)).to_be_visible()
    expect(visitor.page.get_by_role("status")).to_have_text("1 found")
    PICTURES.mkdir(exist_ok=True)
    visitor.page.screenshot(path=PICTURES / "9-search-light.png")
    visitor.page.get_by_role("searchbox").fill("nothing of the kind")
    expect(visitor.page.get_by_text("Nothing is called")).to_be_visible()
