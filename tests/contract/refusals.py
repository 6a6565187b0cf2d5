"""The requests that the document itself says must be refused, made from it.

Who sends no key, a foreign one or one without the scope; identifiers that can be none; parameters,
members and content types that are not there: the same on every route, so no route can miss them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from carrick import identifiers
from carrick.models.scopes import SCOPES
from tests.contract.document import Operation
from tests.contract.world import Seen, World

PLACES = {
    "integration_id": "test",
    "connection_id": "c1",
    "key_id": "00000000",
    "provider": "nobody",
    "path+": "things",
}
IMPOSSIBLE = {
    "environment_id": "no-uuid",
    "integration_id": "a%23b",
    "connection_id": "a%09b",
    "key_id": "short",
    "provider": "a%20b",
}


@dataclass(frozen=True, slots=True)
class Change:
    """How a request differs from one that would do. ``key`` gives the bearer token."""

    key: Callable[[World], str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    places: dict[str, str] = field(default_factory=dict)
    query: str = ""


def _unknown_key(world: World) -> str:
    return identifiers.new_api_key(world.tenant.environment_id)[0]


CHANGES: dict[tuple[int, str], Change] = {
    (401, "missing_auth_header"): Change(key=lambda _: ""),
    (401, "malformed_auth_header"): Change(
        key=lambda _: "", headers={"authorization": "Basic dXNlcjpwYXNz"}
    ),
    (401, "invalid_secret_key_format"): Change(key=lambda _: "nonsense"),
    (401, "unknown_account"): Change(key=_unknown_key),
    (401, "invalid_connect_session_token_format"): Change(
        key=lambda _: identifiers.SESSION_TOKEN_PREFIX + "short"
    ),
    (401, "unknown_connect_session_token"): Change(
        key=lambda _: identifiers.SESSION_TOKEN_PREFIX + "0" * 64
    ),
    (403, "forbidden"): Change(),
    (400, "invalid_uri_params"): Change(places=IMPOSSIBLE),
    (400, "invalid_query_params"): Change(query="colour=red"),
    (400, "invalid_json"): Change(body="{"),
    (400, "invalid_body"): Change(body={"colour": "canary-secret"}),
    (413, "payload_too_large"): Change(body='{"x":"' + "y" * 262_144 + '"}'),
    (415, "invalid_content_type"): Change(
        body="name=x", headers={"content-type": "application/x-www-form-urlencoded"}
    ),
    (404, "not_found"): Change(),
}
"""What to change so that a documented refusal comes."""


def refusals(operation: Operation) -> Iterator[Seen]:
    """The refusals of an operation that are made here."""
    if operation.facts["security"] == [] and "requestBody" not in operation.facts:
        return
    if {"connectSessionInQuery": []} in operation.facts["security"]:
        return  # shown by cases of their own: these requests carry their key in a header
    for status in operation.statuses:
        for code in operation.answer(status).codes:
            if (status, code) in CHANGES:
                yield Seen(operation.key, status, code)


def provoke(world: World, operation: Operation, wanted: Seen) -> None:
    """Send the request that must be refused so."""
    change = CHANGES[wanted.status, wanted.code]
    key = change.key(world) if change.key is not None else _right_key(world, operation)
    if wanted.status == 403:
        key = world.tenant.key_with(_scope_of_others(operation))
    body = change.body
    if wanted.status == 413 and not operation.request_schema():
        change, body = Change(query=f"search={'y' * 17_000}"), None
    if body is None and operation.request_schema() and wanted.status != 401:
        body = _good_body(operation, change)
    headers = dict(change.headers)
    if isinstance(body, str):
        headers.setdefault("content-type", "application/json")
    method, path = operation.key.replace("ANY ", "GET ").split(" ")
    world.ask(method, _target(world, operation, path, change), body, key=key, headers=headers)


def _target(world: World, operation: Operation, path: str, change: Change) -> str:
    unknown = "00000000-0000-4000-8000-000000000000"
    places = {**PLACES, "environment_id": unknown, **change.places}
    if change is CHANGES[404, "not_found"]:
        places["integration_id"] = "nobody"
    target = path.format_map(places)
    item = operation.pointer.rpartition("/")[0]
    needs_integration = item == "/paths/~1connections~1{connection_id}"
    query = ["provider_config_key=test"] if needs_integration else []
    query += [change.query] if change.query else []
    return f"{target}?{'&'.join(query)}" if query else target


def _right_key(world: World, operation: Operation) -> str:
    schemes = {name for requirement in operation.facts["security"] for name in requirement}
    if "rootKey" in schemes:
        return world.stack.root_key
    if "apiKey" in schemes:
        return world.tenant.api_key
    return world.tenant.session() if schemes else ""


def _scope_of_others(operation: Operation) -> str:
    """A scope that this operation does not ask for."""
    asked = {scope for each in operation.facts["security"] for scope in each.get("apiKey", [])}
    return next(scope for scope in SCOPES if scope not in asked)


def _good_body(operation: Operation, change: Change) -> Any:
    """What only gets as far as the path: the example of the document."""
    content = operation.facts["requestBody"].get("content", {})
    return content.get("application/json", {}).get("example", {})
