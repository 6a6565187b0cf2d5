"""The official client sends nothing: whoever connects is told a name, once, and only there."""

import time
from collections.abc import Callable

from local.functions import Functions
from local.resources import StreamSource
from local.streams import StreamConsumer
from tests.support.sockets import BrowserSocket
from tests.support.stack import RunningStack

NOBODY = "http://127.0.0.1:9/socket"


def test_the_name_comes_unasked(stack: RunningStack) -> None:
    browser = BrowserSocket(stack).connect()

    assert browser.messages == [
        {"message_type": "connection_ack", "ws_client_id": browser.ws_client_id}
    ]


def test_names_share_nothing_that_could_be_guessed(browser: Callable[[], BrowserSocket]) -> None:
    names = [browser().ws_client_id for _ in range(20)]

    secrets = {name.removeprefix("ws_").partition(".")[0] for name in names}
    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {43}  # 256 bits


def test_a_name_is_good_for_two_hours(stack: RunningStack) -> None:
    BrowserSocket(stack).connect()

    (row,) = stack.items("SocketsTable")
    assert abs(row["purge_at"] - (time.time() + 7_200)) < 60


def test_nothing_is_left_of_who_disconnects(
    stack: RunningStack, browser: Callable[[], BrowserSocket]
) -> None:
    staying, leaving = browser(), browser()

    leaving.leave()

    assert [row["pk"] for row in stack.items("SocketsTable")] == [staying.gateway_id]


def test_what_a_browser_sends_is_passed_over(
    stack: RunningStack, browser: Callable[[], BrowserSocket]
) -> None:
    listening = browser()
    before = stack.items("SocketsTable")

    for text in ("ping", "", '{"action":"$connect"}', "canary-secret"):
        listening.say(text)

    assert listening.results == []
    assert stack.items("SocketsTable") == before


def test_only_a_new_browser_is_told(
    stack: RunningStack, browser: Callable[[], BrowserSocket]
) -> None:
    listening = browser()

    stack.update("SocketsTable", {"pk": listening.gateway_id}, purge_at=int(time.time()))
    stack.delete("SocketsTable", {"pk": listening.gateway_id})
    for _ in range(2):
        stack.run_stream("SocketsTable")

    assert len(listening.messages) == 1


def test_who_has_gone_keeps_nobody_waiting(stack: RunningStack) -> None:
    gone, there = BrowserSocket(stack), BrowserSocket(stack)
    gone.shake_hands()
    there.shake_hands()
    gone.vanish()

    assert stack.run_stream("SocketsTable")
    assert stack.run_stream("SocketsTable")

    assert (gone.messages, len(there.messages)) == ([], 1)
    assert stack.messages("SocketDeadLetterQueue") == []


def test_a_name_that_could_not_be_sent_is_sent_later(stack: RunningStack) -> None:
    listening = BrowserSocket(stack)
    stack.function("socket", WEBSOCKET_ENDPOINT=NOBODY)
    listening.shake_hands()

    assert stack.run_stream("SocketsTable") is None
    stack.function("socket")
    stack.run_stream("SocketsTable")

    assert len(listening.messages) == 1


def test_the_operator_hears_of_names_that_cannot_be_sent(stack: RunningStack) -> None:
    BrowserSocket(stack).shake_hands()
    functions = Functions(stack.aws)
    functions.load("socket", WEBSOCKET_ENDPOINT=NOBODY)
    spec = stack.aws.stack.functions["socket"]
    (source,) = spec.sources
    assert isinstance(source, StreamSource)
    consumer = StreamConsumer(stack.aws, functions, spec, source)

    for _ in range(source.maximum_retry_attempts + 1):
        consumer.run_once()

    assert len(stack.messages("SocketDeadLetterQueue")) == 1
