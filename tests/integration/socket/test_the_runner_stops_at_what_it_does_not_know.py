"""A WebSocket API of another kind stops the local runner, which would serve it differently."""

from pathlib import Path

import pytest

from local.intrinsics import TemplateError
from local.template import Stack
from tests.support.stack import TEMPLATE


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("RouteKey: $default", "RouteKey: hello", "WebSocketApi: .* a route like hello"),
        (
            "RouteKey: $connect\n      AuthorizationType: NONE",
            "RouteKey: $connect\n      AuthorizationType: AWS_IAM",
            r"WebSocketApi: .* a route like \$connect",
        ),
        ("IntegrationType: AWS_PROXY", "IntegrationType: MOCK", "WebSocketIntegration"),
        (
            "RouteSelectionExpression:",
            "DisableSchemaValidation: true\n      RouteSelectionExpression:",
            "WebSocketApi: .* DisableSchemaValidation",
        ),
    ],
)
def test_the_message_names_the_place(tmp_path: Path, before: str, after: str, message: str) -> None:
    text = TEMPLATE.read_text("utf-8")
    assert text.count(before) == 1
    changed = tmp_path / "template.yaml"
    changed.write_text(text.replace(before, after), "utf-8")

    with pytest.raises(TemplateError, match=message):
        Stack.load(changed)
