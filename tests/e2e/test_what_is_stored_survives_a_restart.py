"""A developer connects their test accounts once: what the runner had, it has again."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.scene import LASTING, SHORT, SHORT_SECONDS, Scene
from tests.e2e.waiting import until

NEW_AT_EACH_START = {"aws_endpoint_url", "aws_access_key_id"}


def test_a_restart_in_the_middle_is_noticed_by_nobody(
    scene: Scene, new_visitor: Callable[..., Visitor]
) -> None:
    done, halfway = new_visitor(), new_visitor()
    done.approve(scene.session("done")["connect_link"], SHORT.name)
    halfway.begin(scene.session("halfway")["connect_link"], LASTING.name)
    halfway.log_in("halfway")
    (connection,) = scene.connections_of("done")
    before = scene.access_token(connection["connection_id"], SHORT)

    known = scene.carrick.description
    assert scene.carrick.stop() == 0
    until(
        lambda: scene.provider.userinfo_status(before) == 401,
        seconds=SHORT_SECONDS + 30,
        what="the access token expires while nothing runs",
    )
    scene.carrick.start()
    changed = {name for name in known if scene.carrick.description[name] != known[name]}
    assert changed <= NEW_AT_EACH_START

    after = scene.access_token(connection["connection_id"], SHORT)
    assert after != before
    assert scene.provider.userinfo_status(after) == 200
    halfway.consent()
    expect(halfway.heading).to_have_text("Connected")
    assert len(scene.connections_of("halfway")) == 1
