"""``python -m local`` as a process: started, watched through local.json, stopped."""

import json
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 90.0


def free_port() -> int:
    """The first of three free ports that follow each other; another one each time."""
    for port in random.sample(range(21_000, 60_000, 3), 100):
        try:
            for each in (port, port + 1, port + 2):
                socket.create_server(("127.0.0.1", each)).close()
        except OSError:
            continue
        return port
    raise LookupError("no three free ports")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def send(
    method: str,
    url: str,
    *,
    key: str = "",
    body: Any = None,
    cookies: str = "",
) -> Answer:
    """Send a request and follow no redirect. ``body`` is a form if it is text, else JSON."""
    headers = {"cookie": cookies} if cookies else {}
    if key:
        headers["authorization"] = f"Bearer {key}"
    data = None
    if isinstance(body, str):
        data = body.encode()
    elif body is not None:
        headers["content-type"], data = "application/json", json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        answer = urllib.request.build_opener(_StayHere).open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        lower = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, lower, answer.read())


class LocalRun:
    """One process. ``description`` is what ``local.json`` says once it is ready."""

    def __init__(self, state: Path, port: int, *arguments: str) -> None:
        self.state = state
        self.port = port
        state.parent.mkdir(parents=True, exist_ok=True)
        self._output = state.parent / "output.txt"
        (state / "local.json").unlink(missing_ok=True)
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "local", "--port", str(port)),
                    *("--state", str(state)),
                    *arguments,
                ],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._output.read_text("utf-8")

    def ready(self) -> dict[str, str]:
        """Wait until it says that it runs."""
        deadline = time.monotonic() + START_SECONDS
        path = self.state / "local.json"
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.output
            if path.exists():
                description: dict[str, str] = json.loads(path.read_text("utf-8"))
                return description
            time.sleep(0.05)
        raise AssertionError(f"not ready in time:\n{self.output}")

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; the exit code, and how many seconds it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=20)
        return code, time.monotonic() - started

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Wait for it to end by itself; the exit code."""
        return self.process.wait(timeout=START_SECONDS)


def eventually(check: Any, seconds: float = 10.0) -> Any:
    """The first true answer of ``check``, asked again and again until the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")
