"""The functions of the stack, imported into this process and called as Lambda would call them."""

import functools
import importlib
import os
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import botocore.session

from local import identities
from local.aws import LocalAws
from local.process_environment import process_environment
from local.resources import FunctionSpec

# Each function has a botocore session of its own, as in AWS. Their service descriptions are read
# from disk once all the same, and a client for one service, endpoint and role is made once: a
# function whose dependencies are built anew (in each test, say) takes 1 ms instead of 150.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)
_create_client = botocore.session.Session.create_client
_clients: dict[tuple[Any, ...], Any] = {}


def _shared_client(session: Any, service: str, **options: Any) -> Any:
    """The client that this process has for the role of the environment, made if there is none."""
    if set(options) != {"config"}:
        return _create_client(session, service, **options)
    variables = (os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"))
    key = (service, id(options["config"]), *variables)
    if key not in _clients:
        _clients[key] = _create_client(session, service, **options)
    return _clients[key]


botocore.session.Session.create_client = _shared_client


@dataclass(frozen=True, slots=True)
class Context:
    """The second argument of a handler, with what Lambda gives."""

    function_name: str
    memory_limit_in_mb: int
    invoked_function_arn: str
    deadline: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    log_group_name: str = ""
    log_stream_name: str = ""
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


class Functions:
    """Loads and calls functions. ``variables`` are added to what the template gives each."""

    def __init__(self, aws: LocalAws, variables: Mapping[str, str] | None = None) -> None:
        self._aws = aws
        self._variables = dict(variables or {})
        self._modules: dict[str, ModuleType] = {}
        self._lock = threading.RLock()

    def load(self, name: str, **variables: str) -> ModuleType:
        """Import a function's module and build its dependencies anew, in its environment.

        ``variables`` go over all others. Raises ``ModuleNotFoundError`` if there is no such folder.
        """
        environment = {**self._aws.environment(name), **self._variables, **variables}
        with self._lock, process_environment(environment):
            module = importlib.import_module(self._spec(name).handler.rpartition(".")[0])
            dependencies = getattr(module, "dependencies", None)
            if dependencies is not None:
                dependencies.cache_clear()
                dependencies()
            self._modules[name] = module
        return module

    def forget(self) -> None:
        """Have every function set up again at its next use."""
        with self._lock:
            self._modules.clear()

    def module(self, name: str) -> ModuleType:
        """The module of a function, set up at its first use."""
        with self._lock:
            return self._modules.get(name) or self.load(name)

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Call a function and return its answer. What it raises goes on to the caller."""
        spec = self._spec(name)
        handler: Callable[[Any, Context], Any] = getattr(
            self.module(name), spec.handler.rpartition(".")[2]
        )
        return handler(event, new_context(spec))

    def _spec(self, name: str) -> FunctionSpec:
        return self._aws.stack.functions[name]


def describe(error: BaseException) -> str:
    """An error by type and place, without its text: that may quote a secret."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    places = (f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__} at {' < '.join(reversed(list(places)))}"


def new_context(spec: FunctionSpec) -> Context:
    """A context whose time runs from now."""
    name = identities.name(spec.logical_id)
    return Context(
        function_name=name,
        memory_limit_in_mb=spec.memory,
        invoked_function_arn=identities.function_arn(spec.logical_id),
        deadline=time.monotonic() + spec.timeout,
        log_group_name=f"/aws/lambda/{name}",
        log_stream_name="local/[$LATEST]",
    )
