"""Every file, name, value, route, command and link that the documentation gives is there."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from tests.contract.document import OPERATIONS, ROOT
from tests.contract.prose import anchors, defined_in, links, name_of, pages, places, spans, template

PAGES = pages()
NAMED = [place for page in PAGES for place in places(page)]
ROUTE = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE|ANY) /\S*")
RESOURCE = re.compile(r"(?:[A-Z][a-z0-9]+)+(?:Table|Queue|Function|Key|Alarm|Api|Secret|Layer)")
# Says what another product has.
OTHER_PRODUCTS = {"docs/migrating-from-nango.md"}

by_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def value_of(file: Path, name: str) -> Any:
    """The value of a constant of a module, from the running code."""
    spec = importlib.util.spec_from_file_location("docs_name_a_constant", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    value: Any = module
    for part in name.split("."):
        value = getattr(value, part)
    return value


def test_the_pages_that_must_be_there_are() -> None:
    names = {name_of(page) for page in PAGES}
    assert names >= {
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "README.md",
        "SECURITY.md",
        "docs/architecture.md",
        "docs/flows.md",
        "docs/index.md",
        "docs/migrating-from-nango.md",
        "docs/operations.md",
        "docs/security.md",
    }


@by_page
def test_every_path_exists(page: Path) -> None:
    missing = [p.path for p in places(page) if not p.files or not all(f.exists() for f in p.files)]

    assert missing == []


def test_every_name_in_a_file_is_defined_there() -> None:
    undefined = []
    for place in NAMED:
        (file,) = place.files if place.name else (None,)
        if file is not None and file.suffix == ".py" and place.name not in defined_in(file):
            undefined.append(f"{place.page}: {place.path}:{place.name}")

    assert undefined == []


def test_every_value_is_the_one_in_the_code() -> None:
    wrong = []
    for place in NAMED:
        if not place.value:
            continue
        (file,) = place.files
        if file.name == "template.yaml":
            actual: Any = template()["Resources"]
            logical_id, *path = place.name.split(".")
            actual = actual[logical_id]["Properties"]
            for step in path:
                actual = actual[step]
        else:
            actual = value_of(file, place.name)
        if str(actual) != place.value and float(actual) != float(place.value):
            wrong.append(f"{place.page}: {place.path}:{place.name} is {actual}, not {place.value}")

    assert wrong == []


@by_page
def test_every_route_is_one_of_ours(page: Path) -> None:
    if name_of(page) in OTHER_PRODUCTS:
        return
    routes = [span for span in spans(page) if ROUTE.fullmatch(span)]

    assert [route for route in routes if route.partition("?")[0] not in OPERATIONS] == []


def test_every_kind_of_test_is_explained() -> None:
    kinds = {
        f"tests/{file.relative_to(ROOT / 'tests').parts[0]}/"
        for file in (ROOT / "tests").rglob("test_*.py")
        if "node_modules" not in file.parts
    }
    assert kinds <= set(spans(ROOT / "CONTRIBUTING.md"))


@by_page
def test_every_make_target_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = [span.split() for span in spans(page) if span.startswith("make ")]

    assert [words for words in named if words[1] not in targets] == []


@by_page
def test_every_resource_is_in_the_template(page: Path) -> None:
    known = {*template()["Resources"], *template()["Parameters"], *template()["Outputs"]}
    named = {span for span in spans(page) if RESOURCE.fullmatch(span)}

    assert sorted(named - known) == []


@by_page
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []
