"""The in-process AWS of `local/`, in a process of its own, so that its CPU is not measured as ours.

Prints one line of JSON when ready, serves until its standard input ends. `GET /counts` answers how
often each operation was called since the last time it was asked.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from local.aws import LocalAws
from local.http_messages import JSON, HttpRequest, HttpResponse
from local.template import Stack

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
BASE_URL = "https://carrick.example"


class CountingAws(LocalAws):
    """Counts what it is asked for."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self._counts: Counter[str] = Counter()

    def _handle(self, request: HttpRequest) -> HttpResponse:
        if request.target == "/counts":
            body = json.dumps(self._counts).encode()
            self._counts = Counter()
            return HttpResponse(200, (JSON,), body)
        target = dict((name.lower(), value) for name, value in request.headers).get("x-amz-target")
        self._counts[(target or "").partition("_")[0] + "." + (target or "").partition(".")[2]] += 1
        return super()._handle(request)


def main() -> None:
    """Serve until standard input ends."""
    aws = CountingAws(Stack.load(TEMPLATE, {"PublicBaseUrl": BASE_URL}))
    aws.start()
    aws.create_resources()
    ready = {
        "endpoint_url": aws.endpoint_url,
        "root_key": aws.secret_value("RootKeySecret"),
        "environments": {name: aws.environment(name) for name in aws.stack.functions},
        "tables": {name: aws.table_name(name) for name in aws.stack.tables},
        "access_key": aws.access_key,
    }
    print(json.dumps(ready), flush=True)
    sys.stdin.read()
    aws.stop()


if __name__ == "__main__":
    main()
