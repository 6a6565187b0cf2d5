"""One Carrick and one authorization server for all, one browser per file, one visitor per use."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import MILLISECONDS, Visitor, chromium
from tests.e2e.scene import Scene, running_scene

expect.set_options(timeout=MILLISECONDS)


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with running_scene(tmp_path_factory.mktemp("carrick")) as running:
        yield running


# Not for the session: Playwright's event loop would be there for the tests of other folders.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def new_visitor(browser: Browser, scene: Scene) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, with the options of ``Browser.new_context``."""
    visitors: list[Visitor] = []

    def make(**options: object) -> Visitor:
        visitors.append(Visitor(browser.new_context(**options), scene.carrick.base_url))
        return visitors[-1]

    yield make
    complaints = [text for visitor in visitors for text in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == [], "a browser's console has something against our pages"


@pytest.fixture
def visitor(new_visitor: Callable[..., Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture(autouse=True)
def no_secret_is_logged(scene: Scene) -> Iterator[None]:
    """After each test: what the process wrote holds nothing that opens anything."""
    yield
    logs = scene.carrick.logs
    assert '"route"' in logs, "the log is not where it is looked for"
    known = scene.carrick.description
    keys = {known[name] for name in ("api_key", "root_key", "webhook_signing_key")}
    found = [secret for secret in scene.provider.secrets() | keys if secret in logs]
    # The terminal shows the API key, to be copied.
    found += [secret for secret in scene.provider.secrets() if secret in scene.carrick.output]
    assert found == []
