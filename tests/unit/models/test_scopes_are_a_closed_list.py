"""An API key holds scopes of the list, or a prefix over some of them."""

import pytest

from carrick.models.scopes import FULL_ACCESS, SCOPES, is_grantable


@pytest.mark.parametrize("scope", [*SCOPES, FULL_ACCESS, "environment:integrations:*"])
def test_a_known_scope_can_be_granted(scope: str) -> None:
    assert is_grantable(scope)


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "*",
        ":*",
        "environment",
        "environment:",
        "environment:*:list",
        "environment:integrations",
        "environment:integrations:list:*",
        "environment:integration:*",
        "environment:integrations:list ",
        "ENVIRONMENT:*",
        "account:*",
        "account:environments:create",
        "environment:syncs:*",
    ],
)
def test_anything_else_cannot(scope: str) -> None:
    assert not is_grantable(scope)
