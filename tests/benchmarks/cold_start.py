"""Process start to the first request for work, under awslambdaric, with the layer as deployed.

The layer is built as `sam build` builds it and made read-only. Each function is set beside a bare
handler that makes one boto3 DynamoDB client from the same layer. Ratios carry over to Lambda;
milliseconds of this machine do not.
"""

import io
import platform
import socket
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

from local.template import Stack
from tests.benchmarks.aws_process import BASE_URL, TEMPLATE
from tests.benchmarks.report import Line, at_most

ROOT = TEMPLATE.parent
BUILD = ROOT / "build" / "bench"
ROUNDS = 9
LIMITS = {"connections": 1.3}
LIMIT = 1.7
MEGABYTE = 1_000_000
MINIMAL_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "PYTHONDONTWRITEBYTECODE": "1",
}
BARE = """import boto3

client = boto3.client("dynamodb")


def lambda_handler(event, context):
    return {}
"""


def measure() -> list[Line]:
    """The ratio for every function, and the sizes of layer and functions."""
    if sys.version_info[:2] != (3, 13):
        return [Line("cold start and sizes", "python3.13", "not measured", True)]
    layer = _build_layer()
    stack = Stack.load(TEMPLATE, {"PublicBaseUrl": BASE_URL})
    environments = {name: dict(spec.environment) for name, spec in stack.functions.items()}
    times = _times(layer, environments)
    bare = statistics.median(times.pop("bare"))
    lines = [
        at_most(
            f"cold start: {name} / bare handler with a DynamoDB client",
            LIMITS.get(name, LIMIT),
            statistics.median(measured) / bare,
            " x",
        )
        for name, measured in sorted(times.items())
    ]
    return [*lines, *_sizes(layer, environments)]


def _build_layer() -> Path:
    machine = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
    target = BUILD / "layer"
    subprocess.run(["rm", "-rf", str(BUILD)], check=True)
    target.mkdir(parents=True)
    (BUILD / "bare.py").write_text(BARE)
    subprocess.run(
        [
            "make",
            "-f",
            f"{machine}/Makefile",
            "build-CoreLayer",
            f"ARTIFACTS_DIR={target}",
            f"PYTHON={sys.executable}",
        ],
        cwd=ROOT / "layers/core",
        check=True,
    )
    return target / "python"


def _times(layer: Path, environments: Mapping[str, Mapping[str, str]]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"bare": [], **{name: [] for name in environments}}
    for _ in range(ROUNDS):
        times["bare"].append(_seconds(layer, "bare.lambda_handler", {}))
        for name, environment in environments.items():
            handler = f"functions.{name}.app.lambda_handler"
            times[name].append(_seconds(layer, handler, environment))
    return times


def _seconds(layer: Path, handler: str, environment: Mapping[str, str]) -> float:
    """Start a runtime and wait until it asks for its first event."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        port = server.getsockname()[1]
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            cwd=BUILD,
            env={
                **MINIMAL_ENVIRONMENT,
                **environment,
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
                "PYTHONPATH": f"{layer}:{ROOT}:{BUILD}",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            connection, _ = server.accept()
            elapsed = time.perf_counter() - started
            with connection:
                asked = connection.recv(200)
            assert b"/invocation/next" in asked, f"{handler}: {asked[:80]!r}"
            return elapsed
        finally:
            process.kill()
            process.communicate()


def _sizes(layer: Path, environments: Mapping[str, object]) -> list[Line]:
    largest = max(
        (name for name in environments if name != "web"), key=lambda name: _zipped(name, ROOT)
    )
    layer_size = _zip_size(layer, [path for path in layer.rglob("*") if path.is_file()])
    return [
        at_most("layer, zipped", 20, layer_size / MEGABYTE, " MB", digits=1),
        at_most(
            f"largest function, zipped ({largest})", 100, _zipped(largest, ROOT) / 1000, " KB", 1
        ),
    ]


def _zipped(name: str, root: Path) -> int:
    folder = root / "functions" / name
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return _zip_size(folder, files)


def _zip_size(root: Path, files: list[Path]) -> int:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(root))
    return len(data.getvalue())
