"""Signatures as providers document them, and what is none."""

import pytest

from carrick.catalog import Catalog
from carrick.catalog.schema.api import Webhooks
from carrick.domain.provider_signatures import is_signed

# https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
GITHUB = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
BASE64 = "dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc="


def facts(**changes: object) -> Webhooks:
    values = {"headers": ("x-s",), "signature_header": "x-s", "algorithm": "sha256"}
    return Webhooks.model_validate({**values, "encoding": "hex", **changes})


def test_githubs_own_example_verifies() -> None:
    headers = {"x-hub-signature-256": f"sha256={GITHUB}"}
    webhooks = Catalog().get("github-app-oauth").webhooks

    assert is_signed(webhooks, SECRET, headers=headers, body=BODY)


@pytest.mark.parametrize(
    ("given", "changes"),
    [(GITHUB, {}), (BASE64, {"encoding": "base64"}), (f"v1={GITHUB}", {"signature_prefix": "v1="})],
    ids=["hex", "base64", "prefix"],
)
def test_good_signatures_verify(given: str, changes: dict[str, object]) -> None:
    assert is_signed(facts(**changes), SECRET, headers={"x-s": given}, body=BODY)


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        (GITHUB.upper(), {}),
        (GITHUB[:-1], {}),
        (f"{GITHUB},{GITHUB}", {}),
        (f"sha256={GITHUB}", {}),
        (GITHUB, {"signature_prefix": "sha256="}),
        (GITHUB, {"encoding": "base64"}),
        (GITHUB, {"keyed": False}),
        (GITHUB, {"algorithm": "sha512"}),
        (GITHUB, {"signature_header": None}),
        (GITHUB, {"algorithm": None}),
    ],
    ids=lambda value: str(value)[-24:],
)
def test_anything_else_does_not(given: str, changes: dict[str, object]) -> None:
    assert not is_signed(facts(**changes), SECRET, headers={"x-s": given}, body=BODY)


def test_an_empty_secret_signs_nothing() -> None:
    empty = "0" * 64

    assert not is_signed(facts(), "", headers={"x-s": empty}, body=BODY)
    assert not is_signed(None, SECRET, headers={"x-s": GITHUB}, body=BODY)
    assert not is_signed(facts(), SECRET, headers={}, body=BODY)
