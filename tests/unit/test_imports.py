"""Imports go one way, as ``carrick`` says at its top; what is said to be in one place is there."""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "layers" / "core" / "carrick"
FUNCTIONS = ROOT / "functions"

EVERYBODYS = {"errors", "clock", "identifiers", "observability"}
PURE = {"oauth", "catalog", "models"}
EFFECTS = {"store", "crypto", "queues", "sockets", "transport"}

# What each part of the package may import of it, beside itself and what is everybody's.
MAY_IMPORT = {
    "edge": {"domain", "models", "settings"},
    "domain": PURE | EFFECTS,
    **{part: PURE for part in PURE},
    **{part: {"models"} for part in EFFECTS},
    **{part: set() for part in EVERYBODYS},
    "settings": set(),
    "wiring": {"catalog", "settings"},
}
# Who may import what else. Everything that is not here is of the standard library.
ONLY = {
    "authlib": ("carrick.oauth",),
    "aws_lambda_powertools": ("carrick.observability",),
    "boto3": (),
    "botocore": ("carrick.wiring",),
    "botocore.auth": ("carrick.domain.sigv4",),
    "botocore.awsrequest": ("carrick.domain.sigv4",),
    "botocore.credentials": ("carrick.domain.sigv4",),
    "botocore.exceptions": (
        "carrick.crypto",
        "carrick.store",
        "carrick.queues",
        "carrick.sockets",
        "carrick.domain",
    ),
    "cryptography": ("carrick.crypto", "carrick.oauth"),
    "joserfc": ("carrick.oauth.signed_jwt",),
    # 80 ms of a cold start: bodies of requests and provider files, and nothing that a read needs.
    "pydantic": ("carrick.catalog.schema", "carrick.models.api_", "carrick.models.fields"),
    # All that can open a connection, or resolve a name.
    "asyncio": (),
    "ftplib": (),
    "http.client": ("carrick.transport.client",),
    "smtplib": (),
    "socket": ("carrick.transport.client",),
    "ssl": ("carrick.transport.client", "carrick.transport.client_certificate"),
    "urllib.request": (),
    "urllib3": (),
    # Starting something else.
    "multiprocessing": (),
    "subprocess": (),
    "time": ("carrick.clock",),
}
# Where one name of a module that is otherwise closed does no harm.
HARMLESS = {
    ("carrick.transport.message", "http.client.HTTPException"),
    ("carrick.transport.message", "http.client.HTTPMessage"),
    ("carrick.transport.message", "http.client.HTTPResponse"),
    # Inside of functions that run when a schema was imported already.
    ("carrick.catalog.library", "pydantic.ValidationError"),
    ("carrick.edge.bodies", "pydantic.ValidationError"),
}
SAY_NOTHING = {"common", "helper", "helpers", "misc", "shared", "util", "utilities", "utils"}


@dataclass(frozen=True, slots=True)
class Module:
    """A source file.

    ``imports`` are dotted names, down to what is taken from a module; ``imports_at_once`` those of
    them that importing the file imports. ``reads`` are attributes that it uses: ``os.environ``.
    """

    name: str
    imports: frozenset[str]
    imports_at_once: frozenset[str]
    reads: frozenset[str]

    @property
    def part(self) -> str:
        """The part of the package that it belongs to: ``carrick.store.items`` to ``store``."""
        return self.name.split(".")[1] if "." in self.name else ""


def read(name: str, tree: ast.Module) -> Module:
    return Module(
        name=name,
        imports=frozenset(imported(ast.walk(tree))),
        imports_at_once=frozenset(imported(tree.body)),
        reads=frozenset(
            f"{node.value.id}.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        ),
    )


def imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(folder: Path, base: Path) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")
        yield read(name, ast.parse(path.read_text("utf-8")))


OURS = {module.name: module for module in modules(PACKAGE, PACKAGE.parent)}
HANDLERS = {module.name: module for module in modules(FUNCTIONS, ROOT)}
DEPLOYED = {**OURS, **HANDLERS}


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def imported_parts(module: Module) -> set[str]:
    """The parts of the package that a module imports."""
    return {
        name.split(".")[1] for name in module.imports if is_within(name, "carrick") and "." in name
    }


def test_there_is_something_to_look_at() -> None:
    assert len(OURS) > 80
    assert len(HANDLERS) > 14
    assert {module.part for module in OURS.values() if module.part} == set(MAY_IMPORT)


@pytest.mark.parametrize("name", sorted(OURS))
def test_imports_go_one_way(name: str) -> None:
    module = OURS[name]
    allowed = {module.part, *MAY_IMPORT.get(module.part, set()), *EVERYBODYS}

    assert imported_parts(module) <= allowed


def test_no_two_modules_import_each_other() -> None:
    edges = {
        name: {target for target in OURS if target != name and target in reached(module)}
        for name, module in OURS.items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for target in edges[name]:
                visit(target, (*path, name))
            done.add(name)

    for name in edges:
        visit(name, ())


def reached(module: Module) -> set[str]:
    """The modules that an import of this one runs: not the packages on the way to them."""
    return {
        name if name in OURS else name.rpartition(".")[0]
        for name in module.imports_at_once
        if is_within(name, "carrick")
    }


@pytest.mark.parametrize("name", sorted(DEPLOYED))
def test_what_is_dangerous_or_slow_is_in_one_place(name: str) -> None:
    for other in DEPLOYED[name].imports:
        # The longest entry that the import is within: botocore.exceptions before botocore.
        rules = sorted((rule for rule in ONLY if is_within(other, rule)), key=len)
        if rules and (name, other) not in HARMLESS:
            assert name.startswith(ONLY[rules[-1]] or ("nobody",)), other


@pytest.mark.parametrize("name", sorted(DEPLOYED))
def test_nothing_else_is_imported_than_the_layer_ships(name: str) -> None:
    shipped = {*sys.stdlib_module_names, *(rule.split(".")[0] for rule in ONLY), "carrick"}
    own = {"functions"} if name in HANDLERS else set()

    assert {other.split(".")[0] for other in DEPLOYED[name].imports} <= shipped | own


@pytest.mark.parametrize("name", sorted(DEPLOYED))
def test_time_and_environment_are_read_in_one_place(name: str) -> None:
    reads = DEPLOYED[name].reads

    if name != "carrick.clock":
        clocks = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today"}
        assert not reads & clocks
    if name != "carrick.settings":
        assert not reads & {"os.environ", "os.environb", "os.getenv"}
        assert not DEPLOYED[name].imports & {"os.environ", "os.getenv"}


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_a_function_imports_the_package_and_its_own_folder(name: str) -> None:
    folder = ".".join(name.split(".")[:2])

    assert not [
        other
        for other in HANDLERS[name].imports
        if is_within(other, "functions") and not is_within(other, folder)
    ]


def test_only_functions_and_the_local_runner_wire() -> None:
    wiring = {name for name, module in OURS.items() if "carrick.wiring" in module.imports}

    assert wiring == set()
    assert any("carrick.wiring" in module.imports for module in HANDLERS.values())


def test_no_module_has_a_name_that_says_nothing() -> None:
    folders = (PACKAGE, FUNCTIONS, ROOT / "local", ROOT / "tests")
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    parts = {part for path in paths for part in path.relative_to(ROOT).with_suffix("").parts}

    assert len(paths) > 150
    assert not parts & SAY_NOTHING
