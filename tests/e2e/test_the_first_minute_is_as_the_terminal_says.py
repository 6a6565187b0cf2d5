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
    """Do what curl would: these options and no others."""
    words = shlex.split(command)
    assert words[:2] == ["curl", "-s"]
    url, options = words[2], dict.fromkeys(words[3::2], "")
    headers = [value for name, value in zip(words[3::2], words[4::2], strict=True) if name == "-H"]
    data = [value for name, value in zip(words[3::2], words[4::2], strict=True) if name == "-d"]
    assert options.keys() <= {"-H", "-d"}
    (bearer,) = [
        header.removeprefix("Authorization: Bearer ") for header in headers if "Bearer" in header
    ]
    return send("POST" if data else "GET", url, bearer=bearer, text="".join(data))


def test_three_commands_and_one_click(carrick: CarrickProcess, visitor: Visitor) -> None:
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


def test_it_ends_when_it_is_asked_to(carrick: CarrickProcess) -> None:
    assert carrick.stop() == 0
    assert "Traceback" not in carrick.output
