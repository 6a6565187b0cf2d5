"""``template.yaml`` as it is written, and as it is with SAM's types and all references resolved."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.template import Stack

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"

Resource = dict[str, Any]


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack.load(TEMPLATE)


@pytest.fixture(scope="session")
def resources() -> Mapping[str, Resource]:
    """Resources by logical id, their functions in the long form: ``{"Ref": "CoreLayer"}``."""
    written: Mapping[str, Resource] = yaml_parse(TEMPLATE.read_text("utf-8"))["Resources"]
    return written
