"""The documentation, as what it names: files, names in files, values, routes, commands, links."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from tests.contract.document import ROOT

PACKAGE = ROOT / "layers/core"
GENERATED = {"docs/providers.md"}
# Folders of the repository, and the package by its import name.
TOP_FOLDERS = {".ci", "carrick", "clients", "docs", "functions", "layers", "local", "tests"}

_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_PLACE = re.compile(r"([\w.*/-]+?)(?:::?([A-Za-z_][\w.]*))?(?: = (\S.*))?")
_ROOT_FILE = re.compile(r"[\w.-]+\.(?:yaml|toml|md)|Makefile|LICENSE")


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder that a page names; perhaps a name in it, and that name's value."""

    page: str
    path: str
    name: str
    value: str

    @property
    def files(self) -> list[Path]:
        """What is there: several for a pattern, none if nothing is."""
        base = PACKAGE if self.path.split("/")[0] == "carrick" else ROOT
        pattern = self.path.removesuffix("/")
        return list(base.glob(pattern)) if "*" in pattern else [base / pattern]


def pages() -> list[Path]:
    """Every page that people wrote."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(page for page in found if name_of(page) not in GENERATED)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def spans(page: Path) -> Iterator[str]:
    """What stands in code font."""
    return (found[1] for found in _SPAN.finditer(text_of(page)))


def places(page: Path) -> Iterator[Place]:
    """The files and folders that a page names in code font."""
    for span in spans(page):
        found = _PLACE.fullmatch(span)
        if found is None:
            continue
        path, name, value = found.groups(default="")
        in_a_folder = "/" in path and path.split("/")[0] in TOP_FOLDERS
        if in_a_folder or _ROOT_FILE.fullmatch(path):
            yield Place(name_of(page), path, name, value)


def links(page: Path) -> Iterator[str]:
    """Targets of links that do not leave the repository."""
    for found in _LINK.finditer(text_of(page)):
        if "://" not in found[1] and not found[1].startswith("mailto:"):
            yield found[1]


def anchors(page: Path) -> set[str]:
    """What a link to a heading of a page may say, as GitHub makes it."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in _HEADING.findall(text_of(page)))
    return {title.strip().replace(" ", "-") for title in titles}


@cache
def template() -> dict[str, Any]:
    """``template.yaml`` as it is written."""
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    return parsed


@cache
def defined_in(file: Path) -> dict[str, ast.AST]:
    """Names that a Python module defines, methods and attributes by ``Class.name``."""
    found: dict[str, ast.AST] = {}

    def visit(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[prefix + node.name] = node
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found[prefix + node.target.id] = node.value or node
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[prefix + target.id] = node.value

    visit(ast.parse(file.read_text("utf-8")).body, "")
    return found
