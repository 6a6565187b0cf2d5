"""The flow is bound to one browser, and ends once (security requirements 3 and 18)."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.scene import LASTING, Scene

REFUSED = "This link does not work"


@pytest.fixture
def exchanges(scene: Scene) -> Callable[[], int]:
    """How many codes were exchanged since the test began."""
    before = len(scene.provider.token_requests("authorization_code"))
    return lambda: len(scene.provider.token_requests("authorization_code")) - before


def _way_back(scene: Scene, visitor: Visitor) -> str:
    """Consent, and stop short of the callback: its URL, with the code in it."""
    requests = visitor.context.request
    form = visitor.page.locator("form")
    form.wait_for()
    action = urljoin(visitor.page.url, form.get_attribute("action") or "")
    answer = requests.post(action, form={"prompt": "consent"}, max_redirects=0)
    for _ in range(3):
        location = urljoin(answer.url, answer.headers["location"])
        if location.startswith(scene.carrick.callback_url):
            return location
        answer = requests.get(location, max_redirects=0)
    pytest.fail("The authorization server does not come back.")


def _consented(scene: Scene, visitor: Visitor, end_user: str) -> str:
    visitor.begin(scene.session(end_user)["connect_link"], LASTING.name)
    visitor.log_in(end_user)
    visitor.page.get_by_text("offline access").wait_for()
    return _way_back(scene, visitor)


def test_another_browser_is_refused_and_the_first_still_finishes(
    scene: Scene, new_visitor: Callable[..., Visitor], exchanges: Callable[[], int]
) -> None:
    owner, intruder = new_visitor(), new_visitor()
    link = _consented(scene, owner, "owner")
    # The intruder's browser has a cookie as well: that of a flow of its own.
    intruder.begin(scene.session("intruder")["connect_link"], LASTING.name)
    intruder.page.get_by_placeholder("Enter any login").wait_for()
    intruder.page.goto(link)
    expect(intruder.heading).to_have_text(REFUSED)
    assert (exchanges(), scene.connections_of("owner")) == (0, [])
    owner.page.goto(link)
    expect(owner.heading).to_have_text("Connected")
    assert (exchanges(), len(scene.connections_of("owner"))) == (1, 1)
    assert scene.connections_of("intruder") == []


def test_reloading_the_last_page_exchanges_nothing(
    scene: Scene, visitor: Visitor, exchanges: Callable[[], int]
) -> None:
    link = _consented(scene, visitor, "impatient")
    visitor.page.goto(link)
    expect(visitor.heading).to_have_text("Connected")
    visitor.page.reload()
    expect(visitor.heading).to_have_text(REFUSED)
    visitor.page.goto(link)
    expect(visitor.heading).to_have_text(REFUSED)
    assert (exchanges(), len(scene.connections_of("impatient"))) == (1, 1)


def test_going_back_and_forward_exchanges_nothing(
    scene: Scene, visitor: Visitor, exchanges: Callable[[], int]
) -> None:
    visitor.approve(scene.session("undecided")["connect_link"], LASTING.name)
    visitor.page.go_back()
    visitor.page.go_forward()
    expect(visitor.heading).to_have_text(REFUSED)
    assert (exchanges(), len(scene.connections_of("undecided"))) == (1, 1)


def test_the_cookie_is_this_hosts_alone_and_goes_when_the_flow_ends(
    scene: Scene, visitor: Visitor
) -> None:
    visitor.begin(scene.session("eater")["connect_link"], LASTING.name)
    visitor.log_in("eater")
    (cookie,) = visitor.context.cookies(scene.carrick.base_url)
    assert cookie["name"].startswith("__Host-carrick-")
    assert (cookie["path"], cookie["domain"]) == ("/", "localhost")
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
    visitor.consent()
    expect(visitor.heading).to_have_text("Connected")
    assert visitor.context.cookies(scene.carrick.base_url) == []
