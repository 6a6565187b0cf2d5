"""Somebody types `make run` and does what the terminal tells them to."""

import re
import shlex
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Visitor
from tests.e2e.carrick_process import CarrickProcess, free_port
from tests.e2e.http_calls import Answer, send


@pytest.fixture
def carrick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrickProcess]:
    """As `make run` starts it: an empty folder, no providers of one's own."""
    process = CarrickProcess(tmp_path_factory.mktemp("first-minute"), free_port())
    try:
        process.start()
        yield process
    finally:
        process.stop()


def _commands(terminal: str) -> list[str]:
    """The commands that are shown, each on one line."""
    return re.findall(r"^  (curl .*)$", terminal.replace("\\\n", " "), re.MULTILINE)


def _run(command: str) -> Answer:
    """Do what curl would."""
    program, silent, url, *options = shlex.split(command)
    assert (program, silent) == ("curl", "-s")
    given: dict[str, list[str]] = {"-H": [], "-d": []}
    for name, value in zip(options[::2], options[1::2], strict=True):
        given[name].append(value)
    headers = dict(header.split(": ", 1) for header in given["-H"])
    bearer = headers["Authorization"].removeprefix("Bearer ")
    return send("POST" if given["-d"] else "GET", url, bearer=bearer, text="".join(given["-d"]))


def test_three_commands_and_two_clicks(carrick: CarrickProcess, visitor: Visitor) -> None:
    create, find, read = _commands(carrick.output)
    link = _run(create).json["data"]["connect_link"]
    visitor.page.goto(link)
    visitor.press("Continue")
    visitor.press("Approve")
    expect(visitor.heading).to_have_text("Connected")
    (connection,) = _run(find).json["connections"]
    found = _run(read.replace("CONNECTION_ID", connection["connection_id"])).json
    token = found["credentials"]["access_token"]
    userinfo = send("GET", f"{carrick.description['demo_url']}/userinfo", bearer=token)
    assert userinfo.json["sub"] == "ada"
    visitor.page.goto(carrick.description["receiver_url"])
    event = visitor.page.get_by_role("article")
    expect(event).to_contain_text(connection["connection_id"])
    expect(event).to_contain_text("Standard Webhooks: verified")
    expect(event).to_contain_text("X-Nango-Hmac-Sha256: verified")
    assert carrick.stop() == 0
    assert "Traceback" not in carrick.output
