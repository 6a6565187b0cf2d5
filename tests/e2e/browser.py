"""The browser of the system, and people who use it: each with a profile of their own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

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


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of the browser. ``referer`` is empty if it had none."""

    url: str
    referer: str


class Visitor:
    """One person at one browser. The methods do what a person does, by what a person sees."""

    def __init__(self, context: BrowserContext, own_origin: str) -> None:
        context.set_default_timeout(MILLISECONDS)
        self.context = context
        self.sent: list[Sent] = []
        self.complaints: list[str] = []
        self._own_origin = own_origin
        context.on("request", self._note_request)
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = context.new_page()

    def _note_request(self, request: Any) -> None:
        self.sent.append(Sent(request.url, request.headers.get("referer", "")))

    def _note_message(self, message: Any) -> None:
        """Keep what the console says against our own pages: a blocked script, a lost file."""
        from_our_page = message.page is not None and message.page.url.startswith(self._own_origin)
        failed_document = "status of 4" in message.text
        if message.type == "error" and from_our_page and not failed_document:
            self.complaints.append(message.text)

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    def choose(self, integration: str) -> None:
        self.page.get_by_role("button", name=integration, exact=True).click()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def log_in(self, name: str) -> None:
        """At the provider, which believes every password."""
        self.page.get_by_placeholder("Enter any login").fill(name)
        self.page.get_by_placeholder("and password").fill("any")
        self.press("Sign-in")

    def consent(self) -> None:
        """At the provider, on the page that says what is asked for."""
        self.page.get_by_text("offline access").wait_for()
        self.press("Continue")

    def refuse(self) -> None:
        """At the provider, on any of its pages."""
        self.page.get_by_role("link", name="Cancel").click()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium or Chrome, without a window."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail("The end-to-end tests need Chromium or Chrome.")
    # Its sandbox refuses to work for root.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=Path(program), args=[*ARGUMENTS, *sandbox]
        )
        yield browser
        browser.close()
