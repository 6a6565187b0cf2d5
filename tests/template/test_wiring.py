"""Each folder is one function, which gets the variables that it reads and no others."""

import dataclasses
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from carrick.settings import Settings
from local.template import Stack
from tests.template.conftest import ROOT, TEMPLATE
from tests.template.of_type import of_type

NAMES = sorted(Stack.load(TEMPLATE).functions)


def folders() -> list[Path]:
    return [path.parent for path in sorted((ROOT / "functions").glob("*/app.py"))]


def settings_of(name: str) -> type[Settings] | None:
    """The settings class of a function; ``None`` if it reads nothing."""
    for module_name in ("app", "dependencies"):
        if (ROOT / "functions" / name / f"{module_name}.py").exists():
            module = importlib.import_module(f"functions.{name}.{module_name}")
            found = getattr(module, "Settings", None)
            if found is not None:
                return found  # type: ignore[no-any-return]
    return None


def test_each_folder_is_one_function() -> None:
    assert [folder.name for folder in folders()] == NAMES


def test_each_function_is_built_from_its_folder(resources: Mapping[str, Any]) -> None:
    for logical_id, function in of_type(resources, "AWS::Serverless::Function").items():
        name = function["CodeUri"].removeprefix("functions/").removesuffix("/")
        assert function["Handler"] == f"functions.{name}.app.lambda_handler"
        # Else the artefact would hold app.py at its top, and `functions` would be no package there.
        assert resources[logical_id]["Metadata"]["BuildProperties"] == {
            "ParentPackageMode": "explicit",
            "ParentPackages": f"functions.{name}",
        }
        assert logical_id == "".join(part.title() for part in name.split("_")) + "Function"


@pytest.mark.parametrize("name", NAMES)
def test_a_handler_is_there_to_be_called(name: str, stack: Stack) -> None:
    module, _, attribute = stack.functions[name].handler.rpartition(".")

    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize("name", NAMES)
def test_a_function_gets_the_variables_that_it_reads(name: str, stack: Stack) -> None:
    settings = settings_of(name)
    read = {field.name.upper() for field in dataclasses.fields(settings)} if settings else set()

    given = set(stack.functions[name].environment)

    assert given - read == {"POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"}
    assert read <= given


@pytest.mark.parametrize("name", NAMES)
def test_a_function_can_load_its_settings(name: str, stack: Stack) -> None:
    settings = settings_of(name)
    if settings is not None:
        settings.load(stack.functions[name].environment)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_is_named_in_its_logs_as_its_folder(name: str, stack: Stack) -> None:
    assert stack.functions[name].environment["POWERTOOLS_SERVICE_NAME"] == name


@pytest.mark.parametrize("name", NAMES)
def test_a_function_gets_only_tables_that_its_role_may_touch(name: str, stack: Stack) -> None:
    function = stack.functions[name]
    allowed = {
        resource.partition("/index/")[0]
        for statement in function.statements
        for resource in statement.resources
    }
    for variable, value in function.environment.items():
        if variable.endswith("_TABLE"):
            (table,) = (one for one in stack.tables.values() if one.name == value)
            assert table.arn in allowed, variable


def test_the_layer_of_own_providers_is_where_the_functions_look() -> None:
    layer = "arn:aws:lambda:us-east-1:123456789012:layer:providers:1"

    with_layer = Stack.load(TEMPLATE, {"ProvidersLayerArn": layer}).functions.values()

    readers = [spec.environment.get("PROVIDERS_OVERLAY_DIR") for spec in with_layer]
    assert {reader for reader in readers if reader is not None} == {"/opt/providers"}
