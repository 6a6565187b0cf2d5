"""Double clicks, two tabs, ways back; and what people read before they go on."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.scene import LASTING, Body, Scene

LOGO = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="


@pytest.fixture
def look(scene: Scene) -> Iterator[Callable[[Body], None]]:
    """Sets how the environment's pages look, and takes it back."""

    def change(connect_ui: Body) -> None:
        known = scene.carrick.description
        path = f"/environments/{known['environment_id']}"
        changes = {"connect_ui": connect_ui}
        scene.carrick.must("PATCH", path, changes, bearer=known["root_key"])

    yield change
    change({"application_name": "", "logo": "", "default_theme": "system", "show_watermark": True})


def test_a_double_click_begins_one_flow(scene: Scene, visitor: Visitor) -> None:
    visitor.page.goto(scene.session("hasty")["connect_link"])
    visitor.press(LASTING.name)
    visitor.page.get_by_role("button", name="Continue").dblclick()
    visitor.page.get_by_placeholder("Enter any login").wait_for()
    begun = [sent for sent in visitor.sent if "/oauth/connect/" in sent.url]
    assert len(begun) == 1


def test_two_tabs_on_one_session_both_end_well(scene: Scene, visitor: Visitor) -> None:
    link = scene.session("twofold")["connect_link"]
    first = visitor.page
    visitor.begin(link, LASTING.name)
    first.get_by_placeholder("Enter any login").wait_for()
    visitor.page = visitor.context.new_page()
    visitor.approve(link, LASTING.name, name="twofold")
    visitor.page = first
    # The provider knows who it is by now, and asks for no more than consent.
    visitor.page.reload()
    visitor.log_in("twofold")
    visitor.consent()
    expect(visitor.heading).to_have_text("Connected")
    assert len(scene.connections_of("twofold")) == 2


def test_who_asks_and_for_what_is_read_before_going_on(
    scene: Scene, visitor: Visitor, look: Callable[[Body], None]
) -> None:
    look({"application_name": "Acme Books", "logo": LOGO, "show_watermark": False})
    visitor.page.goto(scene.session("reader")["connect_link"])
    expect(visitor.page.get_by_role("img", name="Acme Books")).to_be_visible()
    visitor.press(LASTING.name)
    page = visitor.page
    expect(
        page.get_by_text("Only continue if you started this yourself in Acme Books.")
    ).to_be_visible()
    expect(page.get_by_text("Acme Books asks for:")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_text(["openid", "offline_access"])
    expect(page.get_by_text("Secured by")).to_have_count(0)


def test_the_page_speaks_the_readers_language(
    scene: Scene, new_visitor: Callable[..., Visitor]
) -> None:
    visitor = new_visitor(locale="de-AT")
    link = scene.session("leserin")["connect_link"]
    visitor.page.goto(link)
    expect(visitor.heading).to_have_text("Konto verbinden")
    assert visitor.page.evaluate("document.documentElement.lang") == "de"
    visitor.page.goto(f"{link}&lang=ja")
    expect(visitor.heading).to_have_text("アカウントを接続")


def test_a_reconnect_says_so_and_keeps_the_connection(scene: Scene, visitor: Visitor) -> None:
    visitor.approve(scene.session("renewing")["connect_link"], LASTING.name, name="renewing")
    (connection,) = scene.connections_of("renewing")
    body = {"connection_id": connection["connection_id"], "integration_id": LASTING.key}
    session = scene.carrick.must("POST", "/connect/sessions/reconnect", body)["data"]
    scene.session_tokens.append(session["token"])
    visitor.page.goto(session["connect_link"])
    expect(visitor.heading).to_have_text(f"Reconnect {LASTING.name}")
    expect(visitor.page.get_by_text("Use the account that was connected before.")).to_be_visible()
    visitor.press("Continue")
    visitor.consent()
    expect(visitor.heading).to_have_text("Connected")
    assert len(scene.connections_of("renewing")) == 1
