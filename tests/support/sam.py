"""The SAM CLI for tests: where it is, what it needs, and the stack as it builds it.

It lives in an environment of its own, which the Makefile makes (`build/sam`); ``CARRICK_SAM`` names
another. Building needs the Python of the Lambda runtime beside it.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
SAM = Path(os.environ.get("CARRICK_SAM", BUILD / "sam" / "bin" / "sam"))
MACHINES = {"aarch64": "arm64", "amd64": "x86_64", "arm64": "arm64", "x86_64": "x86_64"}
NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc", "node_modules", ".*")

# The processor of this machine, as Lambda calls it: only its wheels can be loaded here.
ARCHITECTURE = MACHINES[platform.machine().lower()]


def runtime_folder() -> Path | None:
    """The ``bin`` folder of a Python 3.13 with pip, the runtime of the functions; the real one.

    On PATH, or of a pyenv that does not show it: its shims need a version to be chosen.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [
        Path(sys.base_prefix) / "bin" / "python3.13",
        *(Path(folder) / "python3.13" for folder in os.get_exec_path()),
        *sorted(pyenv.glob("versions/3.13.*/bin/python3.13"), reverse=True),
    ]
    for candidate in candidates:
        if candidate.is_file() and _runs_pip(candidate):
            return candidate.parent
    return None


def _runs_pip(python: Path) -> bool:
    check = "import sys, pip; sys.exit(sys.version_info[:2] != (3, 13))"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def required_runtime_folder() -> Path:
    """The same; skips the test if there is none."""
    folder = runtime_folder()
    if folder is None:
        pytest.skip("`sam build` needs Python 3.13, on PATH or under pyenv")
    return folder


def sam(
    *arguments: str | Path,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> str:
    """Run the SAM CLI and return what it wrote; the test fails with that if it fails.

    It sees no AWS account but the one of ``variables``. ``path`` goes before PATH.
    """
    assert SAM.exists(), "the SAM CLI is not installed: make build/sam/.installed"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {
        **kept,
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(_app_folder()),
    }
    if path is not None:
        environment["PATH"] = os.pathsep.join((str(path), kept.get("PATH", "")))
    done = subprocess.run(
        [SAM, *arguments],
        cwd=cwd,
        env={**environment, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _app_folder() -> Path:
    """Where it keeps its notes. One of them is when it last asked for a newer version of itself."""
    folder = BUILD / "stack" / "sam-cli"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}), "utf-8")
    return folder


def built_stack() -> Path:
    """The folder of `sam build`, with ``template.yaml`` and a folder for each layer and function.

    Built of a copy that holds what a fresh clone holds, so that no test that runs beside it and
    writes bytecode gets in between; and built once, as long as no source changes.
    """
    path = required_runtime_folder()
    folder = BUILD / "stack"
    with _alone():
        source = folder / "source"
        _copy_source(source)
        output = folder / "built" / _digest(source, path)
        if not output.exists():
            _remove_old(folder / "built")
            unfinished = folder / "unfinished"
            sam(
                "build",
                *("--build-dir", unfinished),
                *("--cache-dir", folder / "cache"),
                *("--parameter-overrides", f"Arch={ARCHITECTURE}"),
                cwd=source,
                path=path,
            )
            output.parent.mkdir(exist_ok=True)
            unfinished.rename(output)
    return output


def _remove_old(folder: Path) -> None:
    """Builds over an hour old. A younger one may be in use by a test that runs beside this one."""
    for build in folder.glob("*"):
        if time.time() - build.stat().st_mtime > 3_600:
            shutil.rmtree(build)


def _copy_source(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("template.yaml", "samconfig.toml"):
        shutil.copy(ROOT / name, target)
    for name in ("functions", "layers"):
        shutil.copytree(ROOT / name, target / name, ignore=NOT_SOURCE)


def _digest(source: Path, python: Path) -> str:
    digest = hashlib.sha256(f"{SAM} {python}".encode())
    for path in sorted(source.rglob("*")):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(source)} {content}\n".encode())
    return f"{ARCHITECTURE}-{digest.hexdigest()[:16]}"


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time, whichever process of the test run it is in."""
    folder = BUILD / "stack"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
