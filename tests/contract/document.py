"""The OpenAPI document, as what it says about one route, one status, one body.

Schemas are checked where they stand in the document, so that their references resolve: a place is a
JSON pointer (RFC 6901), followed through ``$ref``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs/api/openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete", "options")
ANY_METHOD = "x-amazon-apigateway-any-method"
DEFAULT_ROUTE = "$default"

_URI = "urn:carrick:openapi"


def load() -> dict[str, Any]:
    """The document as plain values."""
    document: dict[str, Any] = yaml.safe_load(PATH.read_text("utf-8"))
    return document


DOCUMENT = load()
_REGISTRY: Registry[Any] = Registry().with_resource(
    _URI, Resource(contents=DOCUMENT, specification=DRAFT202012)
)


def escape(name: str) -> str:
    """A name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def at(pointer: str) -> tuple[str, Any]:
    """What stands at a place, and where: references are followed."""
    value: Any = DOCUMENT
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    if isinstance(value, Mapping) and set(value) == {"$ref"}:
        return at(value["$ref"].removeprefix("#"))
    return pointer, value


def problems(pointer: str, value: Any) -> list[str]:
    """Why a value does not fit the schema at a place; empty if it does."""
    schema = {"$ref": f"{_URI}#{pointer}"}
    validator = Draft202012Validator(schema, registry=_REGISTRY, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one status of an operation is. ``codes`` are those of its examples, if it has any."""

    pointer: str
    content: Mapping[str, Any]
    headers: Mapping[str, Any]

    @property
    def codes(self) -> tuple[str, ...]:
        media = self.content.get("application/json", {})
        return tuple(media.get("examples", {}))


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: ``key`` is API Gateway's route key, ``api`` the logical id it belongs to."""

    key: str
    api: str
    pointer: str
    facts: Mapping[str, Any]

    @property
    def path(self) -> str:
        return self.key.partition(" ")[2]

    @property
    def statuses(self) -> list[int]:
        """The statuses that are documented one by one."""
        return [int(status) for status in self.facts["responses"] if status != "default"]

    def answer(self, status: int) -> Answer:
        """The answer of a status, or the default one."""
        name = str(status) if status in self.statuses else "default"
        pointer, facts = at(f"{self.pointer}/responses/{name}")
        return Answer(pointer, facts.get("content", {}), facts.get("headers", {}))

    def parameters(self) -> list[Mapping[str, Any]]:
        """Its parameters, those of its path among them."""
        found: list[Mapping[str, Any]] = []
        for place in (self.pointer.rpartition("/")[0], self.pointer):
            declared = at(place)[1].get("parameters", []) if place else []
            found += [at(f"{place}/parameters/{number}")[1] for number in range(len(declared))]
        return found

    def request_schema(self) -> str:
        """Where the schema of the JSON body stands; empty if it has none."""
        if "requestBody" not in self.facts:
            return ""
        pointer, facts = at(f"{self.pointer}/requestBody")
        if "application/json" not in facts["content"]:
            return ""
        return f"{pointer}/content/application~1json/schema"


def operations() -> Iterator[Operation]:
    """All operations, and what takes the requests that no path matches."""
    for path, item in DOCUMENT["paths"].items():
        api = "CallbackHttpApi" if "servers" in item else "HttpApi"
        for method in (*METHODS, ANY_METHOD):
            if method in item:
                pointer = f"/paths/{escape(path)}/{method}"
                verb = "ANY" if method == ANY_METHOD else method.upper()
                yield Operation(f"{verb} {path}", api, pointer, item[method])
    otherwise = DOCUMENT["x-default-route"]
    yield Operation(DEFAULT_ROUTE, "HttpApi", "/x-default-route", otherwise)


OPERATIONS = {operation.key: operation for operation in operations()}
