"""The emulator as a process of the test run, and the clients of its administrator."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import botocore.session

from tests.support import sam

HERE = Path(__file__).parent
MINISTACK = Path(os.environ.get("CARRICK_MINISTACK", sam.BUILD / "ministack" / "bin" / "ministack"))
REGION = "us-east-1"
ADMINISTRATOR = "test"


def eventually(found: Callable[[], Any], *, within_seconds: float, what: str) -> Any:
    """Ask until the answer is truthy; the test fails when it was not within this time."""
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        answer = found()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {within_seconds:.0f} seconds")


@dataclass(frozen=True, slots=True)
class Emulator:
    """``log`` is what it and the functions in it write."""

    port: int
    log: Path

    @property
    def variables(self) -> Mapping[str, str]:
        """What leads a program to it. By name: an address could be a domain of the stack's."""
        return {
            "AWS_ENDPOINT_URL": f"http://localhost:{self.port}",
            "AWS_ACCESS_KEY_ID": ADMINISTRATOR,
            "AWS_SECRET_ACCESS_KEY": ADMINISTRATOR,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }

    def client(
        self, service: str, access_key: str = ADMINISTRATOR, secret_key: str = ADMINISTRATOR
    ) -> Any:
        """A client; of the administrator, who may do everything, unless with another's key."""
        return botocore.session.Session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
        )

    def deploy(self, template: Path, stack: str, **parameters: str) -> dict[str, str]:
        """`sam deploy`; the physical ids of the stack's resources, by logical id."""
        given = [f"{name}={value}" for name, value in parameters.items()]
        sam.sam(
            "deploy",
            *("--template-file", template),
            *("--stack-name", stack),
            *("--capabilities", "CAPABILITY_IAM"),
            *("--resolve-s3", "--no-confirm-changeset", "--no-progressbar"),
            *(["--parameter-overrides", *given] if given else []),
            cwd=self.log.parent,
            variables=self.variables,
        )
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack)
            for resource in page["StackResourceSummaries"]
        }


@contextmanager
def running_emulator(folder: Path) -> Iterator[Emulator]:
    """Start it on a free port, with IAM enforced. All that it writes is below ``folder``."""
    python = MINISTACK.with_name("python")
    assert python.exists(), "the emulator is not installed: make build/ministack/.installed"
    # It runs the functions with the Python that it runs with itself.
    check = "import sys; sys.exit(sys.version_info[:2] != (3, 13))"
    assert not subprocess.run([python, "-c", check], check=False).returncode, (
        "the emulator has another Python than the functions: remove build/ministack, make it again"
    )
    emulator = Emulator(_free_port(), folder / "emulator.log")
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "GATEWAY_PORT": str(emulator.port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Lambda says so in the init phase; it makes the functions build their dependencies there.
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }
    with emulator.log.open("w") as log:
        process = subprocess.Popen(
            [python, HERE / "emulator.py"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        eventually(
            lambda: _answers(emulator.port) or process.poll() is not None,
            within_seconds=60,
            what="the emulator answers",
        )
        assert process.poll() is None, emulator.log.read_text("utf-8")
        yield emulator
    finally:
        # Its functions are processes of its group.
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/_ministack/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False
