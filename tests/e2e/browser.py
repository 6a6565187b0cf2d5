"""The browser of the system, and people who use it: each with a profile of their own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    # Nothing but this machine has a name or an address.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
)
MILLISECONDS = 15_000.0
expect.set_options(timeout=MILLISECONDS)


OUR_PAGES = "http://localhost:"
"""Carrick's, as the local runner serves them. The authorization server is at 127.0.0.1."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of the browser. ``referer`` is empty if it had none."""

    method: str
    url: str
    referer: str


class Visitor:
    """One person at one browser. The methods do what a person does, by what a person sees.

    ``complaints`` is what the browser's console has against our pages: a style that the policy
    blocks, a script that fails.
    """

    def __init__(self, context: BrowserContext) -> None:
        context.set_default_timeout(MILLISECONDS)
        self.context = context
        self.sent: list[Sent] = []
        self.complaints: list[str] = []
        context.on("request", self._note_request)
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = context.new_page()

    def _note_request(self, request: Request) -> None:
        referer = request.headers.get("referer", "")
        self.sent.append(Sent(request.method, request.url, referer))

    def _note_message(self, message: ConsoleMessage) -> None:
        is_ours = message.page is not None and message.page.url.startswith(OUR_PAGES)
        # An answer of 400 to a page or a call is what some tests are about.
        if message.type == "error" and is_ours and "status of 4" not in message.text:
            self.complaints.append(message.text)

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def begin(self, connect_link: str, integration: str) -> None:
        """Open a link, pick an integration from the list, and go on to the provider."""
        self.page.goto(connect_link)
        expect(self.heading).to_have_text("Connect an account")
        self.press(integration)
        self.press("Continue")

    def log_in(self, name: str) -> None:
        """At the provider, which believes every password."""
        self.page.get_by_placeholder("Enter any login").fill(name)
        self.page.get_by_placeholder("and password").fill("any")
        self.press("Sign-in")

    def consent(self) -> None:
        """At the provider, on the page that says what is asked for."""
        self.page.get_by_text("offline access").wait_for()
        self.press("Continue")

    def approve(self, connect_link: str, integration: str, *, name: str = "ada") -> None:
        """All of it, from the link to the page that says that it is done."""
        self.begin(connect_link, integration)
        self.log_in(name)
        self.consent()
        expect(self.heading).to_have_text("Connected")

    def refuse(self) -> None:
        """At the provider, on any of its pages."""
        self.page.get_by_role("link", name="Cancel").click()


def launch(kind: BrowserType, *arguments: str) -> Browser:
    """The system's Chromium or Chrome, without a window. ``arguments`` are added to the usual."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail("The end-to-end tests need Chromium or Chrome.")
    # Its sandbox refuses to work for root.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return kind.launch(executable_path=Path(program), args=[*ARGUMENTS, *sandbox, *arguments])


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, for as long as the block lasts."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()
