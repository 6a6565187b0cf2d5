"""Calls of the API whose answers are held to the document, status by status."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carrick.edge.http import SECURITY_HEADERS
from local.events import match_route
from local.gateway import routes_of
from tests.contract.document import OPERATIONS, Operation, escape, problems
from tests.support.authorization_server import AuthorizationServer
from tests.support.stack import Response, RunningStack
from tests.support.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer: to which operation, with which status, and with which error code."""

    key: str
    status: int
    code: str


@dataclass
class World:
    """A customer. ``folder`` holds provider files, ``seen`` is every answer so far."""

    tenant: Tenant
    server: AuthorizationServer
    folder: Path
    seen: list[Seen] = field(default_factory=list)

    @property
    def stack(self) -> RunningStack:
        return self.tenant.stack

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        api: str = "HttpApi",
    ) -> Response:
        """Send a request and check its answer. ``key`` is the environment's unless given.

        An empty ``key`` sends no ``Authorization``.
        """
        token = self.tenant.api_key if key is None else key
        sent = {"authorization": f"Bearer {token}"} if token else {}
        response = self.stack.http(
            method, path, api=api, headers={**sent, **(headers or {})}, body=body, cookies=cookies
        )
        found = match_route(routes_of(self.stack.aws.stack.routes, api), method, path)
        assert found is not None, f"no route takes {method} {path}"
        self.seen.append(check(OPERATIONS[found[0].key], response))
        if response.status < 300 and isinstance(body, dict):
            _check_request(OPERATIONS[found[0].key], body)
        return response

    def root(self, method: str, path: str, body: Any = None) -> Response:
        """A call with the root key."""
        return self.ask(method, path, body, key=self.stack.root_key)


def check(operation: Operation, response: Response) -> Seen:
    """Hold one answer to what the document says of its status."""
    answer = operation.answer(response.status)
    where = f"{operation.key} {response.status}"
    assert set(SECURITY_HEADERS) <= set(response.headers), where
    for name, facts in answer.headers.items():
        pointer = f"{answer.pointer}/headers/{escape(name)}/schema"
        value = response.headers.get(name.lower())
        assert value is not None or not facts.get("required"), f"{where}: no {name}"
        assert value is None or not problems(pointer, value), f"{where}: {name}: {value}"
    if not answer.content:
        assert response.body == b"", f"{where}: a body that is not documented"
        return Seen(operation.key, response.status, "")
    media = response.headers["content-type"].partition(";")[0]
    assert media in answer.content, f"{where}: {media}"
    if media != "application/json":
        return Seen(operation.key, response.status, "")
    body = json.loads(response.body)
    found = problems(f"{answer.pointer}/content/application~1json/schema", body)
    assert not found, f"{where}: {found}"
    return Seen(operation.key, response.status, _code(where, body, answer.codes))


def _code(where: str, body: Any, documented: tuple[str, ...]) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    code = str(error["code"])
    assert code in documented, f"{where}: the code {code} is not documented"
    return code


def _check_request(operation: Operation, body: dict[str, Any]) -> None:
    schema = operation.request_schema()
    assert schema, f"{operation.key}: a body was taken that is not documented"
    assert not problems(schema, body), f"{operation.key}: a body was taken that does not fit"
