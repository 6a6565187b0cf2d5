"""The template is valid to SAM and to cfn-lint."""

from tests.support import sam
from tests.template.conftest import ROOT


def test_validate_and_lint() -> None:
    assert "is a valid SAM Template" in sam.sam("validate", "--lint", cwd=ROOT)
