"""What `sam build` makes, as Lambda unpacks it: the layer under /opt, a function beside it."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.template import Stack
from tests.support import sam
from tests.template.conftest import ROOT, TEMPLATE

MEGABYTE = 1_000_000
LAYER_LIMIT = 20 * MEGABYTE
FUNCTION_LIMIT = 100_000
SERVICES = {"apigatewaymanagementapi", "dynamodb", "kms", "secretsmanager", "sqs"}

LAYER = ROOT / "layers" / "core"
FUNCTIONS = {spec.logical_id: spec for spec in Stack.load(TEMPLATE).functions.values()}


@pytest.fixture(scope="module")
def built() -> Path:
    return sam.built_stack()


@pytest.fixture(scope="module")
def layer(built: Path) -> Path:
    return built / "CoreLayer" / "python"


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Start the layer's build by hand."""
    return subprocess.run(
        ["make", *arguments, "build-CoreLayer"],
        cwd=LAYER,
        capture_output=True,
        text=True,
        check=False,
    )


def zipped_size(folder: Path) -> int:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return len(content.getvalue())


def test_each_processor_has_a_makefile_that_says_its_wheels() -> None:
    parameter = yaml_parse(TEMPLATE.read_text("utf-8"))["Parameters"]["Arch"]

    assert {path.parent.name for path in LAYER.glob("*/Makefile")} == set(
        parameter["AllowedValues"]
    )
    for name in parameter["AllowedValues"]:
        machine = {"arm64": "aarch64"}.get(name, name)
        assert f"manylinux2014_{machine}" in (LAYER / name / "Makefile").read_text("utf-8")


def test_a_build_without_the_runtimes_python_says_what_to_do(tmp_path: Path) -> None:
    done = make("-f", "arm64/Makefile", f"ARTIFACTS_DIR={tmp_path}", "PYTHON=no-such-python")

    assert done.returncode != 0
    assert "The layer needs Python 3.13" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_build_that_knows_no_processor_stops(tmp_path: Path) -> None:
    done = make(f"ARTIFACTS_DIR={tmp_path}")

    assert done.returncode != 0
    assert "arm64/Makefile or x86_64/Makefile" in done.stderr


def test_the_layer_stays_small(built: Path) -> None:
    assert MEGABYTE < zipped_size(built / "CoreLayer") <= LAYER_LIMIT


# The web function holds the pages, which have a budget of their own.
@pytest.mark.parametrize("logical_id", sorted(set(FUNCTIONS) - {"WebFunction"}))
def test_a_function_stays_small(logical_id: str, built: Path) -> None:
    assert zipped_size(built / logical_id) <= FUNCTION_LIMIT


def test_every_module_of_the_layer_has_its_bytecode(layer: Path) -> None:
    sources = [path for path in layer.rglob("*.py") if path.parent.name != "__pycache__"]
    assert len(sources) > 500
    missing = [
        str(path.relative_to(layer))
        for path in sources
        if not (path.parent / "__pycache__" / f"{path.stem}.cpython-313.pyc").exists()
    ]

    assert missing == []


def test_bytecode_is_taken_as_it_is(layer: Path) -> None:
    # PEP 552: flags 0b01 is a hash that is not checked. Any other would be read again, or be stale.
    for path in layer.rglob("*.pyc"):
        assert path.read_bytes()[4:8] == b"\x01\x00\x00\x00", path.name


def test_the_layer_holds_no_tests_and_no_services_beside_those_in_use(layer: Path) -> None:
    assert not [path for path in layer.rglob("tests") if path.is_dir()]
    data = layer / "botocore" / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == SERVICES
    assert {path.name for path in data.iterdir() if path.is_file()} >= {
        "_retry.json",
        "endpoints.json",
        "partitions.json",
        "sdk-default-configuration.json",
    }


def test_the_layer_holds_the_catalog(layer: Path) -> None:
    providers = layer / "carrick" / "catalog" / "providers"

    assert (providers / "github.toml").exists()
    assert (layer / "carrick" / "catalog" / "index.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the layer holds wheels for Linux")
@pytest.mark.parametrize("logical_id", sorted(FUNCTIONS))
def test_a_function_loads_with_nothing_but_the_layer(
    logical_id: str, built: Path, layer: Path, tmp_path: Path
) -> None:
    handler = FUNCTIONS[logical_id].handler
    module, _, attribute = handler.rpartition(".")
    script = (
        f"import importlib, sys; module = importlib.import_module({module!r})\n"
        f"assert callable(getattr(module, {attribute!r}))\n"
        "print(module.__file__, sys.modules['carrick'].__file__)"
    )
    # -I: neither this folder nor PYTHONPATH; -S: none of the packages that are installed here.
    done = subprocess.run(
        [
            sam.required_runtime_folder() / "python3.13",
            *("-I", "-S", "-c"),
            f"import sys; sys.path[:0] = [{str(built / logical_id)!r}, {str(layer)!r}]\n{script}",
        ],
        cwd=tmp_path,
        env={"PATH": os.environ.get("PATH", ""), "AWS_DEFAULT_REGION": "us-east-1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    loaded = [Path(part) for part in done.stdout.split()]
    assert loaded[0].is_relative_to(built / logical_id)
    assert loaded[1].is_relative_to(layer)
