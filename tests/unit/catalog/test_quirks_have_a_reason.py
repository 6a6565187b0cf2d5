"""Quirks: each is named once, with its providers, and used by just those."""

import ast
from pathlib import Path

import pytest

from carrick.catalog import quirks
from carrick.catalog.library import load
from carrick.catalog.quirks import QUIRKS
from carrick.errors import CarrickError

BOT = """
display_name = "Bot"
auth_mode = "API_KEY"

[api]
base_url = "https://bots.example.com/bot${apiKey}"
"""


def test_each_quirk_is_used_by_the_providers_it_names(packaged):
    used = {
        name: {provider.name for provider in packaged if name in provider.quirks} for name in QUIRKS
    }

    assert used == {name: set(quirk.providers) for name, quirk in QUIRKS.items()}


def test_each_quirk_says_what_and_why():
    for quirk in QUIRKS.values():
        assert quirk.meaning.endswith(".")
        assert all(reason.endswith(".") for reason in quirk.providers.values())


def test_each_quirk_is_asked_for_by_code():
    package = Path(quirks.__file__).parents[1]
    asked = {
        alias.name
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "carrick.catalog.quirks"
        for alias in node.names
    }

    assert [name for name in QUIRKS if name.upper() not in asked] == []


def test_a_credential_stands_in_a_url_by_that_quirk_only(write_provider):
    allowed = BOT.replace("\n\n", '\nquirks = ["credential_in_url"]\n\n', 1)

    assert load(write_provider("bot", allowed)).quirks == ("credential_in_url",)
    with pytest.raises(CarrickError, match="apiKey cannot stand in a URL"):
        load(write_provider("bot", BOT))


def test_no_credential_stands_in_a_host_even_so(write_provider):
    text = BOT.replace("\n\n", '\nquirks = ["credential_in_url"]\n\n', 1)

    with pytest.raises(CarrickError, match="cannot stand in a host"):
        load(write_provider("bot", text.replace("bots.example.com/bot${apiKey}", "${apiKey}.a.co")))
