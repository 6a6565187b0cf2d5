"""One Carrick and one authorization server for all, one browser per file, new visitors per test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser import Visitor, chromium
from tests.e2e.scene import Scene, running_scene


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Everything, running. Each worker has its own."""
    with running_scene(tmp_path_factory.mktemp("carrick")) as running:
        yield running


# Not for the session: Playwright's event loop would stay for the tests of other folders.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, with the options of ``Browser.new_context``."""
    visitors: list[Visitor] = []

    def make(**options: object) -> Visitor:
        visitors.append(Visitor(browser.new_context(**options)))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [text for visitor in visitors for text in visitor.complaints] == []


@pytest.fixture
def visitor(new_visitor: Callable[..., Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture(autouse=True)
def no_secret_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test: what Carrick wrote holds nothing that opens anything."""
    scene: Scene | None = None
    if "scene" in request.fixturenames:
        scene = request.getfixturevalue("scene")
    yield
    if scene is not None:
        assert scene.secrets_in_logs() == []
