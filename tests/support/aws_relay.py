"""A relay between functions and the in-process AWS, which sees every request that they make.

``relay.calls`` are the operations asked for, such as ``TransactWriteItems``, in order. A test can
let something happen just before one is carried out, or have it answered with an error instead::

    with aws_relay(stack) as relay:
        relay.before["TransactWriteItems"] = lambda: tenant.call("DELETE", path)
        relay.fail["Decrypt"] = "DisabledException"
        relay.lose.add("UpdateItem")  # carried out once, and the answer is lost on the way
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.stack import RunningStack

DYNAMODB = frozenset(
    {
        "BatchGetItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactWriteItems",
        "UpdateItem",
    }
)
WRITES = DYNAMODB - {"BatchGetItem", "GetItem", "Query"}
KMS = frozenset({"Decrypt", "Encrypt", "GenerateDataKey"})


@dataclass(slots=True)
class AwsRelay:
    """What was asked for, and what is to happen. ``before`` acts once for each operation."""

    calls: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    fail: dict[str, str] = field(default_factory=dict)
    lose: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, operations: frozenset[str]) -> int:
        """How many of these operations were asked for."""
        return sum(call in operations for call in self.calls)

    def forget(self) -> None:
        """Count from here."""
        self.calls.clear()
        self.bodies.clear()

    def take(self, operation: str, body: bytes) -> str:
        """Note a request and let happen what should; the error that answers it, if any."""
        with self._lock:
            self.calls.append(operation)
            self.bodies.append(body)
            act = self.before.pop(operation, None)
        if act is not None:
            act()
        return self.fail.get(operation, "")

    def loses(self, operation: str) -> bool:
        """Whether the answer to this request is lost. Each operation loses one."""
        with self._lock:
            is_lost = operation in self.lose
            self.lose.discard(operation)
        return is_lost


@contextmanager
def aws_relay(stack: RunningStack) -> Iterator[AwsRelay]:
    """Put a relay in front of the AWS of a stack, for all of its functions."""
    relay = AwsRelay()
    target = urlsplit(stack.aws.endpoint_url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            operation = self.headers["x-amz-target"].rpartition(".")[2]
            code = relay.take(operation, body)
            if code:
                self._answer(400, json.dumps({"__type": code, "message": code}).encode())
                return
            connection = HTTPConnection(target.hostname or "", target.port, timeout=10)
            try:
                connection.request("POST", "/", body, dict(self.headers.items()))
                answer = connection.getresponse()
                content = answer.read()
                if relay.loses(operation):
                    self.close_connection = True
                    return
                self._answer(answer.status, content)
            finally:
                connection.close()

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.0")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    stack.set(AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_address[1]}")
    try:
        yield relay
    finally:
        stack.set(AWS_ENDPOINT_URL=stack.aws.endpoint_url)
        server.shutdown()
        server.server_close()
        thread.join()
