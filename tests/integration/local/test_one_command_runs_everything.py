"""``python -m local``: from nothing to a token and a signed webhook, and again after a stop."""

import json
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.integration.local import small_template
from tests.integration.local.local_run import LocalRun, eventually, free_port, send

TOLD = {
    "api_key",
    "aws_access_key_id",
    "aws_endpoint_url",
    "aws_secret_access_key",
    "base_url",
    "callback_url",
    "demo_url",
    "environment",
    "environment_id",
    "receiver_url",
    "root_key",
    "webhook_signing_key",
    "websocket_url",
}


Start = Callable[..., LocalRun]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    """One that runs for all tests that only look."""
    running = LocalRun(tmp_path_factory.mktemp("local") / "state", free_port())
    running.ready()
    yield running
    running.kill()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts further ones, and leaves none behind."""
    started: list[LocalRun] = []

    def begin(state: Path, port: int, *arguments: str) -> LocalRun:
        started.append(LocalRun(state, port, *arguments))
        return started[-1]

    yield begin
    for each in started:
        each.kill()


def connect(told: dict[str, str], user: str) -> str:
    """Go through the demo provider as a browser does; the id of the connection."""
    body = {"end_user": {"id": user}, "allowed_integrations": ["demo"]}
    key, base_url = told["api_key"], told["base_url"]
    session = send("POST", f"{base_url}/connect/sessions", key=key, body=body).json()["data"]
    query = urlencode({"connect_session_token": session["token"]})
    start = send("GET", f"{base_url}/oauth/connect/demo?{query}")
    assert start.status == 302, start.body
    consent = start.headers["location"]
    assert b"Approve" in send("GET", consent).body
    back = send("POST", consent, body=f"decision=approve&user={user}").headers["location"]
    cookie = start.headers["set-cookie"].partition(";")[0]
    page = send("GET", back, cookies=cookie)
    assert page.status == 200, page.body
    (found,) = send("GET", f"{base_url}/connections?endUserId={user}", key=key).json()[
        "connections"
    ]
    return str(found["connection_id"])


def read(told: dict[str, str], connection_id: str) -> dict[str, str]:
    url = f"{told['base_url']}/connections/{connection_id}?provider_config_key=demo"
    answer = send("GET", url, key=told["api_key"])
    assert answer.status == 200, answer.body
    credentials: dict[str, str] = answer.json()["credentials"]
    return credentials


def test_it_tells_scripts_where_everything_is(run: LocalRun) -> None:
    told = run.ready()
    assert set(told) == TOLD
    assert told["base_url"] == f"http://localhost:{run.port}"
    assert told["environment"] == "dev"
    assert stat.S_IMODE((run.state / "local.json").stat().st_mode) == 0o600


def test_it_tells_people_what_to_do_next(run: LocalRun) -> None:
    told = run.ready()
    shown = eventually(lambda: "Ctrl-C" in run.output and run.output)
    assert told["base_url"] in shown
    assert told["api_key"] in shown
    assert told["receiver_url"] in shown
    assert shown.count("curl -s") == 3


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_it_answers_on_this_machine(run: LocalRun, host: str) -> None:
    assert send("GET", f"http://{host}:{run.port}/health").status == 200


def test_an_unknown_path_is_not_found(run: LocalRun) -> None:
    answer = send("GET", f"http://localhost:{run.port + 1}/nothing")
    assert (answer.status, answer.json()) == (404, {"message": "Not Found"})


def test_the_callback_domain_passes_the_query_on_untouched(run: LocalRun) -> None:
    told = run.ready()
    query = "code=a%2Fb+c&state=%7e&x=1&x=2"
    answer = send("GET", f"{told['callback_url']}/demo?{query}")
    assert answer.status == 308
    assert answer.headers["location"] == f"{told['base_url']}/oauth/callback/demo?{query}"


def test_an_account_is_connected_and_the_webhook_comes_within_a_second(run: LocalRun) -> None:
    told = run.ready()
    connection_id = connect(told, "grace")
    done = time.monotonic()
    page = eventually(lambda: _page_with(told, connection_id))
    assert time.monotonic() - done < 1
    assert page.count("Standard Webhooks: verified") >= 1
    assert "not verified" not in page
    token = read(told, connection_id)["access_token"]
    assert send("GET", f"{told['demo_url']}/userinfo", key=token).json()["sub"] == "grace"


def _page_with(told: dict[str, str], text: str) -> str | None:
    page = send("GET", told["receiver_url"]).body.decode()
    return page if text in page else None


def test_no_key_or_token_is_logged(run: LocalRun) -> None:
    told = run.ready()
    token = read(told, connect(told, "alan"))["access_token"]
    logged = (run.state / "functions.log").read_text("utf-8")
    assert "POST /connect/sessions" in logged
    for secret in (token, told["api_key"], told["root_key"], told["webhook_signing_key"]):
        assert secret not in logged


def test_one_state_is_for_one_run(run: LocalRun, start: Start, tmp_path: Path) -> None:
    second = start(tmp_path / "elsewhere", free_port(), "--state", str(run.state))
    assert second.end() == 2
    assert second.output.count("\n") == 1
    assert "in use" in second.output
    assert send("GET", f"http://localhost:{run.port}/health").status == 200


def test_a_second_start_has_everything(start: Start, tmp_path: Path) -> None:
    port = free_port()
    first = start(tmp_path / "state", port)
    told = first.ready()
    connection_id = connect(told, "ada")
    token = read(told, connection_id)["access_token"]
    code, seconds = first.stop(signal.SIGTERM)
    assert code == 0
    assert seconds < 2

    second = start(tmp_path / "state", port)
    again = second.ready()
    same = {"api_key", "environment_id", "root_key", "webhook_signing_key", "base_url"}
    assert {name: again[name] for name in same} == {name: told[name] for name in same}
    assert read(again, connection_id)["access_token"] == token
    assert len(send("GET", f"{again['base_url']}/integrations", key=told["api_key"]).json()) == 1

    other = connect(again, "grace")
    state = second.state / "state.json"
    eventually(lambda: other in _saved_connections(state))
    second.kill()

    third = start(tmp_path / "state", port)
    assert read(third.ready(), other)["access_token"]
    assert third.stop(signal.SIGINT)[0] == 0


def _saved_connections(state: Path) -> str:
    """The table alone: the flow names its connection before there is one."""
    return json.dumps(json.loads(state.read_text("utf-8"))["tables"]["ConnectionsTable"])


def test_on_another_port_the_demo_still_works(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "state", free_port())
    connection_id = connect(first.ready(), "ada")
    first.stop()
    second = start(tmp_path / "state", free_port())
    told = second.ready()
    url = f"{told['base_url']}/connections/{connection_id}?provider_config_key=demo"
    deleted = send("DELETE", url, key=told["api_key"])
    assert deleted.status == 200
    eventually(lambda: _page_with(told, "deletion"))
    second.stop()


def test_a_port_that_is_taken_is_said_in_one_line(start: Start, tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port + 1)):
        run = start(tmp_path / "state", port)
        assert run.end() == 2
    assert run.output.count("\n") == 1
    assert str(port) in run.output


def test_a_damaged_state_is_said_and_kept(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "state.json").write_text('{"format": 1, "tables"')
    run = start(state, free_port())
    assert run.end() == 1
    assert "state.json" in run.output
    assert "Traceback" not in run.output
    assert (state / "state.json").read_text() == '{"format": 1, "tables"'


def test_a_resource_that_is_not_known_is_named(start: Start, tmp_path: Path) -> None:
    topic = "NewsTopic:\n  Type: AWS::SNS::Topic\n"
    template = small_template.write(tmp_path, resources=topic)
    run = start(tmp_path / "state", free_port(), "--template", str(template))
    assert run.end() == 1
    assert "NewsTopic" in run.output
    assert "AWS::SNS::Topic" in run.output


def test_provider_files_of_the_developer_are_used_and_left_alone(
    start: Start, tmp_path: Path
) -> None:
    providers = tmp_path / "state" / "providers"
    providers.mkdir(parents=True)
    text = (
        'display_name = "House API"\nauth_mode = "OAUTH2"\n'
        'authorization_url = "https://house.example/authorize"\n'
        'token_url = "https://house.example/token"\n'
    )
    (providers / "house-api.toml").write_text(text)
    run = start(tmp_path / "state", free_port(), "--providers", str(providers))
    told = run.ready()
    found = send("GET", f"{told['base_url']}/providers/house-api", key=told["api_key"])
    assert found.json()["data"]["display_name"] == "House API"
    run.stop()
    assert (providers / "house-api.toml").read_text() == text
