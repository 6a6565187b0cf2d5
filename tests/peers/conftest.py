"""The stack of the integration tests, opposite servers that nobody here wrote."""

from tests.support.stack import aws, stack

__all__ = ["aws", "stack"]
