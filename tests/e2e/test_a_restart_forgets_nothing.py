"""A developer connects their test accounts once: what the runner had, it has again."""

from tests.e2e.browser import Visitor
from tests.e2e.scene import LASTING, SHORT, SHORT_SECONDS, Scene
from tests.e2e.waiting import until


def test_a_connection_is_read_fresh_after_a_restart(scene: Scene, visitor: Visitor) -> None:
    visitor.approve(scene.session("patient")["connect_link"], SHORT.name)
    (connection,) = scene.connections_of("patient")
    before = scene.access_token(connection["connection_id"], SHORT)
    known = dict(scene.carrick.description)
    assert scene.carrick.stop() == 0
    until(
        lambda: scene.provider.userinfo_status(before) == 401,
        seconds=SHORT_SECONDS + 30,
        what="the access token expires while nothing runs",
    )
    scene.carrick.start()
    moved = {"aws_endpoint_url", "aws_access_key_id"}
    assert {name for name in known if scene.carrick.description[name] != known[name]} <= moved
    assert [row["connection_id"] for row in scene.connections_of("patient")] == [
        connection["connection_id"]
    ]
    after = scene.access_token(connection["connection_id"], SHORT)
    assert after != before
    assert scene.provider.userinfo_status(after) == 200


def test_a_person_who_was_at_the_provider_can_still_finish(scene: Scene, visitor: Visitor) -> None:
    visitor.begin(scene.session("away")["connect_link"], LASTING.name)
    visitor.log_in("away")
    assert scene.carrick.stop() == 0
    scene.carrick.start()
    visitor.consent()
    visitor.heading.get_by_text("Connected").wait_for()
    assert len(scene.connections_of("away")) == 1
