"""No deployment can send requests to its own network."""

from tests.template.conftest import ROOT


def test_loopback_is_allowed_nowhere_that_is_deployed() -> None:
    for name in ("template.yaml", "samconfig.toml"):
        assert "EGRESS_ALLOW_LOOPBACK" not in (ROOT / name).read_text("utf-8")
