"""Format and lint by Biome, behaviour by Vitest."""

import re

from carrick.catalog.formats import FORMATS
from tests.web.conftest import Sources


def test_they_are_formatted_and_linted(web: Sources) -> None:
    web.run("lint")


def test_their_own_tests_pass(web: Sources) -> None:
    web.run("test")


def test_the_form_checks_the_catalogs_patterns_and_no_other(web: Sources) -> None:
    text = (web.folder / "src" / "form" / "formats.ts").read_text("utf-8")
    listed = re.search(r"PATTERNS[^=]*= \[(.*?)\];", text, re.DOTALL)
    assert listed is not None
    known = set(re.findall(r'"(\^.*?\$)"', listed[1]))
    assert known == {
        rule.pattern for rule in FORMATS.values() if rule.pattern and not rule.wire_format
    }
    named = set(re.findall(r"^  (\w+): /\^", text, re.MULTILINE))
    assert named == {rule.wire_format for rule in FORMATS.values() if rule.wire_format}
