"""Each example of clients/js, built, in a page of another origin than Carrick's."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.application import EXAMPLES, ISOLATED, Application, running_application
from tests.e2e.browser import Visitor, launch
from tests.e2e.carrick_process import CarrickProcess, free_port

KEEPS = "() => { document.cookie = 'a=1; SameSite=None; Secure'; return document.cookie }"
"""Whether a frame may set a cookie: the cookie, or nothing."""


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The local runner as it starts, with its demo provider, and an application beside it."""
    if not EXAMPLES.is_dir():
        pytest.fail("The examples are not built: npm --prefix clients/js run examples")
    carrick = CarrickProcess(tmp_path_factory.mktemp("browser-client"), free_port())
    with running_application(carrick) as running:
        yield running


def opened(
    visitor: Visitor, application: Application, example: str, integration: str = "demo"
) -> Page:
    """The example's page, with the session that its backend has made."""
    application.integration = integration
    visitor.page.goto(f"{application.origin}/{example}/")
    visitor.page.wait_for_load_state("networkidle")
    return visitor.page


def popup_of(page: Page) -> Page:
    with page.expect_popup() as opening:
        page.get_by_role("button", name="Connect").click()
    return opening.value


def connected(page: Page, application: Application, before: list[str]) -> None:
    """The page says which connection it is, and the backend has it."""
    expect(page.get_by_role("status")).to_contain_text("Connected: ")
    (made,) = set(application.connections()) - set(before)
    expect(page.get_by_role("status")).to_have_text(f"Connected: {made}")


def through_the_frame(visitor: Visitor, origin: str, application: Application) -> None:
    """Open the example that frames the Connect page, and connect the demo provider there."""
    visitor.page.goto(f"{origin}/frame/#{application.carrick.base_url}")
    visitor.press("Connect")
    frame = visitor.page.frame_locator("#connect-ui")
    frame.get_by_role("button", name="Demo provider", exact=True).first.click()
    with visitor.page.expect_popup() as opening:
        frame.get_by_role("button", name="Continue").click()
    opening.value.get_by_role("button", name="Approve").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Connected")


@pytest.mark.parametrize("example", ["plain", "vue"])
def test_in_a_popup(example: str, application: Application, visitor: Visitor) -> None:
    before = application.connections()
    page = opened(visitor, application, example)
    popup = popup_of(page)
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Approve").click()
    connected(page, application, before)


@pytest.fixture
def cookieless(browser: Browser) -> Iterator[Visitor]:
    """Somebody whose browser keeps cookies from frames of other sites."""
    strict = launch(browser.browser_type, "--test-third-party-cookie-phaseout")
    yield Visitor(strict.new_context())
    strict.close()


def test_in_a_frame(application: Application, visitor: Visitor) -> None:
    before = application.connections()
    through_the_frame(visitor, application.origin, application)
    connected(visitor.page, application, before)
    assert visitor.page.frames[1].evaluate(KEEPS) == "a=1", "a frame of the same site may"


def test_in_a_frame_of_another_site_without_cookies(
    application: Application, cookieless: Visitor
) -> None:
    """The frame's site is ``localhost``. Elsewhere ``ConnectOrigins`` would list this page's."""
    before = application.connections()
    elsewhere = application.origin.replace("localhost", "127.0.0.1")
    page = cookieless.page

    def allow(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"]
        policy = policy.replace("frame-ancestors", f"frame-ancestors {elsewhere}")
        route.fulfill(
            response=answer, headers={**answer.headers, "content-security-policy": policy}
        )

    page.route("**/connect/?*", allow)
    application.origin, own = elsewhere, application.origin
    try:
        through_the_frame(cookieless, elsewhere, application)
    finally:
        application.origin = own
    connected(page, application, before)
    assert page.frames[1].evaluate(KEEPS) == "", "the browser was to keep cookies from it"


def test_by_leaving_the_page_and_coming_back(application: Application, visitor: Visitor) -> None:
    before = application.connections()
    page = opened(visitor, application, "react")
    visitor.press("Connect")
    visitor.press("Approve")
    connected(page, application, before)
    assert page.url == f"{application.origin}/react/"


@pytest.mark.parametrize("example", ["plain", "vue"])
def test_a_provider_that_cuts_the_opener_off_changes_nothing(
    example: str, application: Application, visitor: Visitor
) -> None:
    before = application.connections()
    page = opened(visitor, application, example, ISOLATED)
    popup = popup_of(page)
    popup.get_by_role("button", name="Approve").wait_for()
    assert popup.evaluate("window.opener") is None
    popup.get_by_role("button", name="Approve").click()
    connected(page, application, before)


def test_a_refusal_is_told_by_its_type(application: Application, visitor: Visitor) -> None:
    before = application.connections()
    page = opened(visitor, application, "plain")
    popup = popup_of(page)
    popup.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("status")).to_contain_text("callback_err")
    assert application.connections() == before


def test_two_people_with_one_link_share_nothing(
    application: Application, new_visitor: Callable[..., Visitor]
) -> None:
    """The attack that the confirm step is for: the victim approves in the attacker's session."""
    before = application.connections()
    attacker, victim = new_visitor(), new_visitor()
    opened(attacker, application, "vue")
    token = application.tokens[-1]
    attackers = (application.session_id, application.verifier)

    link = f"{application.carrick.base_url}/oauth/connect/demo?connect_session_token={token}"
    victim.page.goto(link)
    victim.press("Approve")
    # The application's page in the victim's browser has another session of its own by now.
    victim.page.wait_for_url(f"{application.origin}/vue/")
    victim.page.wait_for_load_state("networkidle")
    assert (application.session_id, application.verifier) != attackers
    assert application.connections() == before
    state = application.carrick.must("GET", "/connect/session", bearer=token)["data"]["result"]
    assert state["status"] == "unconfirmed"
    assert "code" not in str(state)


def test_no_address_of_the_application_holds_a_secret(
    application: Application, visitor: Visitor
) -> None:
    page = opened(visitor, application, "plain")
    popup = popup_of(page)
    popup.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("Connected: ")

    token = application.tokens[-1]
    to_others = [sent for sent in visitor.sent if application.carrick.base_url not in sent.url]
    assert [sent.url for sent in to_others if token in sent.url] == []
    assert [sent.referer for sent in visitor.sent if token in sent.referer] == []
