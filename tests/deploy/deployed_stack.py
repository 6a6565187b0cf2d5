"""Carrick as `sam deploy` puts it into the emulator, and a browser that goes there.

Both domains are real ones of the template. The browser reaches them as if a hosts file said where
they are and TLS ended in front of them, which the emulator does not do.
"""

import http.client
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.deploy.running_emulator import Emulator
from tests.support import sam
from tests.support.stack import Response

DOMAIN = "connect.example"
CALLBACK_DOMAIN = "app.customer.example"
CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class DeployedStack:
    """What ``tests.support.tenant`` needs of a stack, from one that is deployed."""

    emulator: Emulator
    ids: Mapping[str, str]
    root_key: str = ""

    def __post_init__(self) -> None:
        manager = self.emulator.client("secretsmanager")
        found = manager.get_secret_value(SecretId=self.ids["RootKeySecret"])
        self.root_key = found["SecretString"]

    def http(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request. ``url`` may be a path of the API."""
        parts = urlsplit(url)
        sent = {"host": parts.netloc or DOMAIN, **(headers or {})}
        content = json.dumps(body) if body is not None else None
        if content is not None:
            sent["content-type"] = "application/json"
        if cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=60)
        try:
            connection.request(method, target, content, sent)
            answer = connection.getresponse()
            return _response(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, as they are stored."""
        pages = self.emulator.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.ids[table], ConsistentRead=True)
        return [item for page in found for item in page["Items"]]


@dataclass(slots=True)
class Browser:
    """Follows redirects, and gives each host the cookies that it set."""

    stack: DeployedStack
    visited: list[str] = field(default_factory=list)
    _cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def go(self, url: str) -> Response:
        """Open a page; the answer may be a redirect."""
        host = urlsplit(url).netloc
        self.visited.append(url)
        answer = self.stack.http("GET", url, cookies=self._cookies.get(host))
        self._cookies.setdefault(host, {}).update(answer.cookies)
        return answer

    def follow(self, url: str) -> Response:
        """Open a page and go where it leads."""
        answer = self.go(url)
        while 300 <= answer.status < 400:
            answer = self.go(answer.headers["location"])
        return answer


def deploy(emulator: Emulator, providers: Path) -> DeployedStack:
    """Build, publish the provider files as a layer, deploy, and let calls stay on this machine."""
    built = sam.built_stack()
    layer = emulator.client("lambda").publish_layer_version(
        LayerName="providers", Content={"ZipFile": _zipped(providers)}
    )
    ids = emulator.deploy(
        built / "template.yaml",
        "carrick",
        Arch=sam.ARCHITECTURE,
        DomainName=DOMAIN,
        CertificateArn=CERTIFICATE,
        CallbackDomainName=CALLBACK_DOMAIN,
        CallbackCertificateArn=CERTIFICATE,
        ProvidersLayerArn=layer["LayerVersionArn"],
    )
    _allow_loopback(emulator)
    return DeployedStack(emulator, ids)


def _zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"providers/{path.name}")
    return content.getvalue()


def _allow_loopback(emulator: Emulator) -> None:
    """Let the functions call this machine, which no deployment by the template ever may."""
    client = emulator.client("lambda")
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            variables = function["Environment"]["Variables"]
            client.update_function_configuration(
                FunctionName=function["FunctionName"],
                Environment={"Variables": {**variables, "EGRESS_ALLOW_LOOPBACK": "1"}},
            )


def _response(status: int, headers: list[tuple[str, str]], body: bytes) -> Response:
    set_cookies = tuple(value for name, value in headers if name.lower() == "set-cookie")
    pairs = (cookie.partition(";")[0].partition("=") for cookie in set_cookies)
    return Response(
        status=status,
        headers={name.lower(): value for name, value in headers},
        body=body,
        cookies={name: value for name, _, value in pairs},
        set_cookies=set_cookies,
    )
