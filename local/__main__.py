"""Runs the whole of Carrick on this machine: ``python -m local``. No AWS account, no Docker."""

import argparse
import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from local.runner import Options

ROOT = Path(__file__).resolve().parents[1]
FAILED, UNUSABLE = 1, 2


class _StopRequested(BaseException):
    """Ctrl-C or TERM came."""


def main() -> int:
    """Run until Ctrl-C or TERM. Exit code 0: stopped; 1: failed; 2: cannot start like this."""
    sys.path.insert(0, str(ROOT / "layers" / "core"))
    options = _options()
    terminal = sys.stdout
    signal.signal(signal.SIGINT, _request_stop)
    signal.signal(signal.SIGTERM, _request_stop)
    try:
        options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_one(options.state), _logs_in(options.state / "functions.log"):
            return _run(options, terminal)
    except BlockingIOError:
        return _complain(f"{options.state} is in use by another run.", UNUSABLE)
    except _StopRequested:
        return 0


def _options() -> "Options":
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--port", type=int, default=8400, help="of the API; two more follow it")
    parser.add_argument("--state", type=Path, default=Path(".carrick"), help="folder to keep")
    parser.add_argument("--providers", type=Path, help="folder of further provider files")
    parser.add_argument("--template", type=Path, default=ROOT / "template.yaml")
    given = parser.parse_args()
    if given.providers is not None and not given.providers.is_dir():
        parser.error(f"there is no folder {given.providers}")
    if not 0 < given.port < 65534:
        parser.error("--port is between 1 and 65533")
    # Imported late: what is wrong with the arguments need not wait for it.
    from local.runner import Options

    return Options(given.port, given.state, given.providers, given.template)


def _run(options: "Options", terminal: TextIO) -> int:
    from local.intrinsics import TemplateError
    from local.messages import ready_message
    from local.runner import Runner
    from local.seed import SeedError
    from local.snapshot import SnapshotError

    def report(message: str) -> None:
        print(message, file=terminal, flush=True)

    (options.state / "local.json").unlink(missing_ok=True)
    try:
        runner = Runner(options, report)
    except TemplateError as error:
        return _complain(str(error), FAILED)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        ports = f"{options.port} to {options.port + 2}"
        return _complain(f"One of the ports {ports} is in use. Choose others: --port N", UNUSABLE)
    try:
        report(ready_message(runner.start()))
        threading.Event().wait()
    except _StopRequested:
        report("Stopping.")
    except (PermissionError, SeedError, SnapshotError) as error:
        return _complain(str(error), FAILED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        runner.stop()
    return 0


def _request_stop(*_: object) -> None:
    raise _StopRequested


@contextlib.contextmanager
def _only_one(state: Path) -> Iterator[None]:
    """Hold the state folder. Raises ``BlockingIOError`` if another run does."""
    with (state / "lock").open("w") as file:
        try:
            import fcntl
        except ImportError:  # Windows: two runs would meet at their ports
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


@contextlib.contextmanager
def _logs_in(path: Path) -> Iterator[None]:
    """Send what functions print, their logs and metrics, to a file; the terminal is for people."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    file = os.fdopen(descriptor, "w", buffering=1, encoding="utf-8")
    with file, contextlib.redirect_stdout(file):
        yield


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # unloading some thousand modules would take another second
