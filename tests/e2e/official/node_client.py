"""``@nangohq/node`` as npm has it, called from tests: each call is one line to a Node process."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("node_client.mjs")


@dataclass(slots=True)
class ClientError(Exception):
    """What the promise failed with. ``status`` and ``data`` are those of the answer, if any."""

    name: str
    message: str
    status: int | None = None
    data: Any = None

    @property
    def code(self) -> str:
        """The code of the error that the answer holds."""
        return str(self.data["error"]["code"])


@dataclass(slots=True)
class NodeClient:
    """A client for one environment: ``options`` are those of its constructor."""

    options: dict[str, Any]
    process: "subprocess.Popen[str]" = field(repr=False)

    def __call__(self, method: str, *args: Any, **options: Any) -> Any:
        """What a method gives. Raises ``ClientError`` where its promise fails."""
        given = {"options": {**self.options, **options}, "method": method, "args": args}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(given) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the Node process has ended"
        told = json.loads(line)
        if "error" in told:
            raise ClientError(**told["error"])
        return told["value"]

    def fails(self, method: str, *args: Any, **options: Any) -> ClientError:
        """How a call fails that has to."""
        with pytest.raises(ClientError) as caught:
            self(method, *args, **options)
        return caught.value


@contextmanager
def running_node_client(**options: Any) -> Iterator[NodeClient]:
    """Start the process. It ends with its standard input."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("The end-to-end tests need Node.")
    with subprocess.Popen(
        [node, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        try:
            yield NodeClient(options, process)
        finally:
            process.stdin.close()
