"""The Connect page in a frame: who may, what it says, and windows that fail in every way."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Visitor
from tests.e2e.embedding_page import Embedded, running_application
from tests.e2e.scene import LASTING, TENANT, Body, Integration, Scene

EmbedPage = Callable[..., Embedded]
CHOOSE = "Connect an account"
WAITING = "Go on in the other window"
FORM = f"Connect {LASTING.name}"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running_application() as port:
        yield port


@pytest.fixture
def embed(scene: Scene, visitor: Visitor, port: int) -> EmbedPage:
    """Opens the application's page with the Connect page in it."""

    def open_(session: Body, *, host: str = "localhost", options: str = "") -> Embedded:
        connect = quote(f"{scene.carrick.base_url}/connect/?lang=en{options}", safe="")
        visitor.page.goto(f"http://{host}:{port}/?connect={connect}&token={session['token']}")
        return Embedded(visitor.page)

    return open_


def _sign_in(popup: Page) -> None:
    popup.get_by_placeholder("Enter any login").fill("ada")
    popup.get_by_placeholder("and password").fill("any")
    popup.get_by_role("button", name="Sign-in").click()
    popup.get_by_text("offline access").wait_for()
    popup.get_by_role("button", name="Continue").click()


def _open_window(embedded: Embedded) -> Page:
    embedded.sees(CHOOSE)
    embedded.press(LASTING.name)
    with embedded.page.expect_popup() as opened:
        embedded.press("Continue")
    embedded.sees(WAITING)
    return opened.value


def _finished(
    scene: Scene, embedded: Embedded, end_user: str, integration: Integration = LASTING
) -> None:
    """The person sees it, the application is told once, and closing it removes the frame."""
    embedded.sees("Connected")
    (connection,) = scene.connections_of(end_user)
    assert embedded.heard("connect") == [
        {
            "type": "connect",
            "payload": {
                "providerConfigKey": integration.key,
                "connectionId": connection["connection_id"],
                "isPending": False,
            },
        }
    ]
    assert embedded.heard("error") == []
    embedded.press("Finish")
    expect(embedded.page.locator("#connect-ui")).to_have_count(0)


def test_a_window_opens_and_tells_its_end(scene: Scene, embed: EmbedPage) -> None:
    session = scene.session("framed")
    embedded = embed(session)
    popup = _open_window(embedded)
    _sign_in(popup)
    _finished(scene, embedded, "framed")
    assert session["token"] not in repr(embedded.page.evaluate("heard"))


def test_a_page_that_is_not_listed_cannot_show_it(
    scene: Scene, visitor: Visitor, embed: EmbedPage
) -> None:
    embedded = embed(scene.session("stranger"), host="127.0.0.1")
    visitor.page.wait_for_load_state("networkidle")
    assert embedded.frame.get_by_role("heading").count() == 0
    assert embedded.page.evaluate("heard") == []
    assert not [sent for sent in visitor.sent if "/connect/session" in sent.url]


def test_a_session_may_be_stricter_than_the_stack(scene: Scene, embed: EmbedPage) -> None:
    body = {"end_user": {"id": "strict"}, "allowed_origins": ["https://app.example"]}
    embedded = embed(scene.new_session(body))
    embedded.sees("This page cannot be shown here")
    assert embedded.frame.get_by_text(LASTING.name).count() == 0


def test_a_provider_that_cuts_the_window_off_changes_nothing(
    scene: Scene, embed: EmbedPage
) -> None:
    embedded = embed(scene.session("severed"))
    embedded.sees(CHOOSE)
    embedded.press(TENANT.name)
    embedded.frame.get_by_label("Workspace").fill("coop")
    with embedded.page.expect_popup() as opened:
        embedded.press("Continue")
    popup = opened.value
    popup.get_by_placeholder("Enter any login").wait_for()
    expect(embedded.frame.get_by_text("If you closed the window, open it again.")).to_be_visible()
    _sign_in(popup)
    expect(popup.get_by_role("heading", level=1)).to_have_text("Connected")
    _finished(scene, embedded, "severed", TENANT)


def test_without_socket_and_opener_the_session_is_asked(
    scene: Scene, visitor: Visitor, embed: EmbedPage
) -> None:
    visitor.context.add_init_script("window.WebSocket = class { constructor() { throw 0 } }")
    visitor.context.add_init_script("window.opener = null")
    embedded = embed(scene.session("asking"))
    _sign_in(_open_window(embedded))
    _finished(scene, embedded, "asking")


def test_a_blocked_window_becomes_a_link(scene: Scene, visitor: Visitor, embed: EmbedPage) -> None:
    visitor.context.add_init_script("window.open = () => null")
    embedded = embed(scene.session("blocked"))
    embedded.sees(CHOOSE)
    embedded.press(LASTING.name)
    embedded.press("Continue")
    with embedded.page.expect_popup() as opened:
        embedded.frame.get_by_role("link", name=f"Go to {LASTING.name}").click()
    _sign_in(opened.value)
    _finished(scene, embedded, "blocked")


def test_a_closed_window_can_be_opened_again(scene: Scene, embed: EmbedPage) -> None:
    embedded = embed(scene.session("closing"))
    _open_window(embedded).close()
    expect(embedded.frame.get_by_text("If you closed the window, open it again.")).to_be_visible()
    assert embedded.heard("error") == []
    with embedded.page.expect_popup() as opened:
        embedded.press("Open the window again")
    _sign_in(opened.value)
    _finished(scene, embedded, "closing")


def test_an_application_may_want_to_know_that_it_was_closed(scene: Scene, embed: EmbedPage) -> None:
    embedded = embed(scene.session("watched"), options="&detectClosedAuthWindow=true")
    _open_window(embedded).close()
    embedded.sees(FORM)
    expect(embedded.frame.get_by_role("alert")).to_have_text(
        "The window was closed before the end."
    )
    (error,) = embedded.heard("error")
    assert error["payload"]["errorType"] == "window_closed"


def test_a_refusal_can_be_tried_again(scene: Scene, embed: EmbedPage) -> None:
    embedded = embed(scene.session("fickle"))
    popup = _open_window(embedded)
    popup.get_by_role("link", name="Cancel").click()
    embedded.sees("The connection was not made")
    (error,) = embedded.heard("error")
    assert "access_denied" in error["payload"]["errorMessage"]
    embedded.press("Try again")
    embedded.sees(FORM)
    with embedded.page.expect_popup() as opened:
        embedded.press("Continue")
    _sign_in(opened.value)
    embedded.sees("Connected")


def test_escape_closes_and_asks_where_something_would_be_lost(
    scene: Scene, embed: EmbedPage
) -> None:
    embedded = embed(scene.session("leaving"))
    embedded.sees(CHOOSE)
    embedded.press(TENANT.name)
    embedded.sees(f"Connect {TENANT.name}")
    embedded.frame.get_by_label("Workspace").fill("acme")
    embedded.page.keyboard.press("Escape")
    embedded.press("Keep")
    expect(embedded.frame.get_by_label("Workspace")).to_have_value("acme")
    embedded.press("Close")
    embedded.press("Discard")
    expect(embedded.page.locator("#connect-ui")).to_have_count(0)


def test_the_frame_needs_no_cookie_and_no_storage(
    scene: Scene, visitor: Visitor, embed: EmbedPage
) -> None:
    # As browsers do that keep third-party storage from frames: whoever touches it fails.
    visitor.context.add_init_script(
        """for (const [on, name] of [[Document.prototype, "cookie"], [window, "localStorage"],
             [window, "sessionStorage"], [window, "indexedDB"]])
             Object.defineProperty(on, name, { get() { throw new Error(name) } })"""
    )
    embedded = embed(scene.session("private"))
    popup = _open_window(embedded)
    # The only cookie is the flow's, and it is set in the window, which is no third party.
    popup.get_by_placeholder("Enter any login").wait_for()
    cookies = visitor.context.cookies(scene.carrick.base_url)
    assert [cookie["name"][:15] for cookie in cookies] == ["__Host-carrick-"]
    _sign_in(popup)
    _finished(scene, embedded, "private")


def test_who_is_not_embedding_is_not_listened_to(scene: Scene, visitor: Visitor, port: int) -> None:
    session = scene.session("quiet")
    visitor.page.goto(f"http://localhost:{port}/?connect={scene.carrick.base_url}/nothing")
    with visitor.page.expect_popup() as opened:
        visitor.page.evaluate(f"void (other = open('{scene.carrick.base_url}/connect/'))")
    other = opened.value
    direct = other.get_by_role("heading", level=1)
    expect(direct).to_have_text("This page cannot be opened directly")
    visitor.page.evaluate(
        "token => other.postMessage({ type: 'session_token', sessionToken: token }, '*')",
        session["token"],
    )
    other.wait_for_load_state("networkidle")
    expect(direct).to_have_text("This page cannot be opened directly")
