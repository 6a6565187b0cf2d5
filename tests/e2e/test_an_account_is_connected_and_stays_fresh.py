import time

from tests.e2e.browser import Visitor
from tests.e2e.scene import SHORT, Scene


def test_it(scene: Scene, visitor: Visitor) -> None:
    session = scene.session()
    t = time.time()
    visitor.page.goto(session["connect_link"])
    visitor.choose(SHORT.name)
    visitor.press("Continue")
    visitor.log_in("ada")
    visitor.consent()
    visitor.heading.get_by_text("Connected").wait_for()
    print("flow", time.time() - t)
    delivery, body = scene.webhook(lambda body: body["operation"] == "creation")
    print(body, time.time() - t)
    scene.verify(delivery)
    for s in visitor.sent: print(s)
