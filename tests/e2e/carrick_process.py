"""The local runner as a process: started, stopped and started again on the same ports and state."""

import json
import random
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.http_calls import Answer, send
from tests.e2e.waiting import until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
STOP_SECONDS = 30.0


class CarrickProcess:
    """``python -m local`` with a folder of its own. ``description`` is its ``local.json``."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.state = folder / "state"
        self.providers = folder / "providers"
        self.providers.mkdir(parents=True)
        self.description: dict[str, str] = {}
        self._output = folder / "output.txt"
        self._earlier_logs = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def callback_url(self) -> str:
        """On the customer's domain, which answers 308."""
        return f"http://localhost:{self.port + 1}/oauth-callback"

    @property
    def demo_url(self) -> str:
        """The demo provider."""
        return f"http://localhost:{self.port + 2}"

    @property
    def output(self) -> str:
        """What the terminal has shown so far."""
        return self._output.read_text("utf-8")

    @property
    def logs(self) -> str:
        """What the functions have logged so far, before a restart as well."""
        return self._earlier_logs + self._current_log()

    def _current_log(self) -> str:
        """Of this start: the next one begins the file anew."""
        file = self.state / "functions.log"
        return file.read_text("utf-8") if file.exists() else ""

    def start(self) -> None:
        """Start it and wait until it can be used."""
        ready = self.state / "local.json"
        ready.unlink(missing_ok=True)
        arguments = ["--port", str(self.port), "--state", str(self.state)]
        with self._output.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "local", *arguments, "--providers", str(self.providers)],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._process = process
        until(
            lambda: ready.exists() or process.poll() is not None,
            seconds=START_SECONDS,
            what="the local runner is ready",
        )
        if process.poll() is not None:
            pytest.fail(f"The local runner ended with {process.returncode}:\n{self.output}")
        self.description = json.loads(ready.read_text("utf-8"))

    def stop(self) -> int:
        """Ask it to end, as a terminal or a service manager does. Returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_SECONDS)
        finally:
            process.kill()
        self._earlier_logs += self._current_log()
        return code

    def api(self, method: str, path: str, body: object = None, *, bearer: str = "") -> Answer:
        """A request to the API, with the API key unless another bearer token is given."""
        bearer = bearer or self.description["api_key"]
        return send(method, f"{self.base_url}{path}", bearer=bearer, body=body)

    def must(self, method: str, path: str, body: object = None, *, bearer: str = "") -> Any:
        """The JSON answer to a request that has to succeed."""
        answer = self.api(method, path, body, bearer=bearer)
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.text}"
        return answer.json


def free_port() -> int:
    """A port that is free together with the two that follow it."""
    for _ in range(100):
        port = random.randrange(20_000, 32_000)
        with ExitStack() as sockets:
            try:
                for each in range(port, port + 3):
                    sockets.enter_context(socket.create_server(("127.0.0.1", each)))
            except OSError:
                continue
            return port
    pytest.fail("There are no three free ports in a row.")
