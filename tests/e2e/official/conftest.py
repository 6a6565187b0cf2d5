"""The customer's application, and an integration of each form."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.browser import Visitor
from tests.e2e.forms import FORMS
from tests.e2e.official.application import Application, served_application
from tests.e2e.official.node_client import NodeClient, running_node_client
from tests.e2e.scene import Scene

NewSession = Callable[..., str]


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served_application() as served:
        yield served


@pytest.fixture(scope="module")
def forms(scene: Scene) -> Iterator[None]:
    """An integration for each form, for one file only: others count what they see."""
    for form in FORMS:
        body = {"provider": form.name, "unique_key": form.name, **form.integration}
        scene.carrick.must("POST", "/integrations", body)
    yield
    for form in FORMS:
        scene.carrick.must("DELETE", f"/integrations/{form.name}")


@pytest.fixture(scope="module")
def scripted(scene: Scene) -> Iterator[str]:
    """An OAuth 2 integration whose token endpoint answers as a test says."""
    client = {"type": "OAUTH2", "client_id": "demo-client", "client_secret": "canary-secret-demo"}
    body = {"provider": "scripted", "unique_key": "scripted", "credentials": client}
    scene.carrick.must("POST", "/integrations", body)
    yield "scripted"
    scene.carrick.must("DELETE", "/integrations/scripted")


@pytest.fixture
def application(forms: None, scene: Scene, visitor: Visitor, origin: str) -> Application:
    opened = Application(visitor, origin, scene.carrick.base_url)
    opened.open()
    return opened


@pytest.fixture
def token(scene: Scene, origin: str) -> NewSession:
    """Makes sessions that only the application's pages may use."""

    def make(end_user: str = "ada", **more: object) -> str:
        return str(scene.session(end_user, allowed_origins=[origin], **more)["token"])

    return make


@pytest.fixture(scope="module")
def nango(scene: Scene) -> Iterator[NodeClient]:
    """The Node client with the environment's key."""
    options = {
        "host": scene.carrick.base_url,
        "apiKey": scene.carrick.description["api_key"],
        "webhookSigningKey": scene.carrick.description["webhook_signing_key"],
    }
    with running_node_client(**options) as client:
        yield client
