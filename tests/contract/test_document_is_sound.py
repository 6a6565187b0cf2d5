"""docs/api/openapi.yaml is valid OpenAPI 3.1, and its examples are what it says."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract.document import DOCUMENT, OPERATIONS, PATH, ROOT, at, escape, problems


def everything(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of the document with its place."""
    yield pointer, value
    steps = value.items() if isinstance(value, dict) else ()
    steps = enumerate(value) if isinstance(value, list) else steps
    for step, member in steps:
        yield from everything(member, f"{pointer}/{escape(str(step))}")


def media_types() -> Iterator[str]:
    """The place of each body that has a schema and examples."""
    for pointer, value in everything(DOCUMENT):
        is_media = isinstance(value, dict) and "schema" in value
        if is_media and ("example" in value or "examples" in value):
            yield pointer


def test_it_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_it_is_plain_yaml_without_anchors_and_repeated_names() -> None:
    class Strict(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            names = [key.value for key, _ in node.value]
            assert len(set(names)) == len(names), f"a name twice at {node.start_mark}"
            return super().construct_mapping(node, deep)

    text = PATH.read_text("utf-8")
    yaml.load(text, Strict)
    events = list(yaml.parse(text))
    assert [e for e in events if isinstance(e, yaml.AliasEvent) or getattr(e, "anchor", None)] == []


def test_its_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert DOCUMENT["info"]["version"] == project["version"]


def test_operations_have_names_of_their_own() -> None:
    names = [operation.facts.get("operationId") for operation in OPERATIONS.values()]

    assert len(set(names)) == len(names)


def test_every_component_is_used() -> None:
    used = {
        value["$ref"].removeprefix("#")
        for _, value in everything(DOCUMENT)
        if isinstance(value, dict) and isinstance(value.get("$ref"), str)
    }
    parts = DOCUMENT["components"]
    declared = {
        f"/components/{kind}/{name}"
        for kind in parts
        if kind != "securitySchemes"
        for name in parts[kind]
    }
    assert [place for place in declared if not any(use.startswith(place) for use in used)] == []


@pytest.mark.parametrize("pointer", [*media_types()])
def test_examples_fit_their_schemas(pointer: str) -> None:
    media = at(pointer)[1]
    examples = [
        at(f"{pointer}/examples/{escape(name)}")[1]["value"] for name in media.get("examples", {})
    ]
    examples += [media["example"]] if "example" in media else []

    assert [
        problems(f"{pointer}/schema", example)
        for example in examples
        if problems(f"{pointer}/schema", example)
    ] == []


@pytest.mark.parametrize("key", OPERATIONS)
def test_an_error_example_stands_under_its_code(key: str) -> None:
    operation = OPERATIONS[key]
    for status in operation.statuses:
        answer = operation.answer(status)
        for code in answer.codes:
            place = f"{answer.pointer}/content/application~1json/examples/{code}"
            assert at(place)[1]["value"]["error"]["code"] == code
