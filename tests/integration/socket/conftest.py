from collections.abc import Callable

import pytest

from tests.support.sockets import BrowserSocket
from tests.support.stack import RunningStack


@pytest.fixture
def browser(stack: RunningStack) -> Callable[[], BrowserSocket]:
    """Makes browsers that are connected and know what they are called."""
    return lambda: BrowserSocket(stack).connect()
