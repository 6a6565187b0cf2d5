"""docs/operations.md and SECURITY.md say what the template and the code say."""

import ast
import doctest
import re

from local.template import Stack
from tests.contract.document import ROOT
from tests.contract.prose import template
from tests.support.stack import TEMPLATE

OPERATIONS = ROOT / "docs/operations.md"
PAGE = OPERATIONS.read_text("utf-8")


def test_the_arithmetic_is_right() -> None:
    result = doctest.testfile(str(OPERATIONS), module_relative=False)

    assert result.attempted > 10
    assert result.failed == 0


def test_every_alarm_is_explained() -> None:
    alarms = {
        name
        for name, resource in template()["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert set(re.findall(r"^\| `(\w+Alarm)` \|", PAGE, re.MULTILINE)) == alarms


def test_every_metric_is_explained() -> None:
    counted = {
        node.args[0].value
        for folder in ("layers/core/carrick", "functions")
        for file in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "count"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "observability"
        and isinstance(node.args[0], ast.Constant)
    }
    section = PAGE.partition("| metric | counts |")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == counted


def test_who_may_unseal_is_as_documented() -> None:
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    rows = re.findall(r"^\|[^|]*\| `\w+Table` \| `(\w+)` \| ([^|]*) \|$", page, re.MULTILINE)
    documented = {purpose: set(re.findall(r"`(\w+Function)`", who)) for purpose, who in rows}

    allowed: dict[str, set[str]] = {}
    for spec in Stack.load(TEMPLATE).functions.values():
        for statement in spec.statements:
            if "kms:Decrypt" in statement.actions:
                for purpose in statement.conditions["kms:EncryptionContext:purpose"]:
                    allowed.setdefault(purpose, set()).add(spec.logical_id)
    assert documented == allowed
