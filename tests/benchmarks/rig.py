"""What every benchmark stands on: AWS in another process, our functions in this one, a provider."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.functions import Functions
from local.gateway import Gateway, routes_of
from local.template import Stack
from tests.benchmarks.aws_process import BASE_URL, TEMPLATE
from tests.support.authorization_server import (
    AuthorizationServer,
    running_authorization_server,
    write_provider,
)
from tests.support.stack import Response, _request, _response
from tests.support.tenant import Tenant

ROOT = TEMPLATE.parent


class RemoteAws:
    """The part of ``LocalAws`` that calling functions needs, for one that runs elsewhere."""

    def __init__(self, ready: Mapping[str, Any]) -> None:
        self.stack = Stack.load(TEMPLATE, {"PublicBaseUrl": BASE_URL})
        self._environments = ready["environments"]

    def environment(self, function_name: str) -> dict[str, str]:
        return dict(self._environments[function_name])


class Rig:
    """Calls functions through the gateway, and counts what they ask of AWS."""

    base_url = BASE_URL

    def __init__(self, ready: Mapping[str, Any], provider: AuthorizationServer) -> None:
        self.ready = ready
        self.provider = provider
        self.root_key = ready["root_key"]
        self.aws = RemoteAws(ready)
        self._overlay = tempfile.TemporaryDirectory()
        write_provider(Path(self._overlay.name), provider.url)
        variables = {"EGRESS_ALLOW_LOOPBACK": "1", "PROVIDERS_OVERLAY_DIR": self._overlay.name}
        self.functions = Functions(self.aws, variables)  # type: ignore[arg-type]
        self.tenant = Tenant(self)  # type: ignore[arg-type]
        self.tenant.integrate()

    def http(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] = {},
        body: Any = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Response:
        """As ``RunningStack.http``."""
        request = _request(method, path, headers, body, cookies or {})
        gateway = Gateway(self.functions, routes_of(self.aws.stack.routes, "HttpApi"))
        return _response(gateway.handle(request))

    def counts(self) -> dict[str, int]:
        """Calls to AWS by operation since the last call of this."""
        with urllib.request.urlopen(f"{self.ready['endpoint_url']}/counts") as answer:
            counted: dict[str, int] = json.load(answer)
        return counted

    def update(self, connection_id: str, **values: float) -> None:
        """Set attributes of a connection, as the administrator."""
        import botocore.session

        from carrick.store.items import to_attribute

        client = botocore.session.get_session().create_client(
            "dynamodb",
            region_name="us-east-1",
            endpoint_url=self.ready["endpoint_url"],
            aws_access_key_id=self.ready["access_key"],
            aws_secret_access_key="local",
        )
        pk = f"{self.tenant.environment_id}#test#{connection_id}"
        client.update_item(
            TableName=self.ready["tables"]["ConnectionsTable"],
            Key={"pk": {"S": pk}},
            AttributeUpdates={
                name: {"Action": "PUT", "Value": to_attribute(value)}
                for name, value in values.items()
            },
        )


@contextmanager
def rig() -> Iterator[Rig]:
    """A rig, and its processes ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.aws_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**_environ(), "PYTHONPATH": f"{ROOT}:{ROOT / 'layers/core'}"},
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        ready = json.loads(process.stdout.readline())
        with running_authorization_server() as provider:
            yield Rig(ready, provider)
    finally:
        process.stdin.close()
        process.wait(10)


def dynamodb(counts: Mapping[str, int]) -> int:
    """Requests to DynamoDB."""
    return sum(number for name, number in counts.items() if name.startswith("DynamoDB"))


def writes(counts: Mapping[str, int]) -> int:
    """Requests to DynamoDB that write."""
    reads = ("GetItem", "Query", "BatchGetItem")
    return sum(
        number
        for name, number in counts.items()
        if name.startswith("DynamoDB") and not name.endswith(reads)
    )


def kms(counts: Mapping[str, int]) -> int:
    """Calls to KMS."""
    return sum(number for name, number in counts.items() if name.startswith("TrentService"))


def _environ() -> dict[str, str]:
    import os

    return dict(os.environ)
