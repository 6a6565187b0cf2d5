"""A function that is only a list of answers, and what was asked of it."""

from collections.abc import Mapping
from typing import Any

from local.functions import Functions
from local.resources import FunctionSpec


class ScriptedFunctions(Functions):
    """Answers each invocation with the next of ``answers``, the last one from then on.

    An answer is what the function returns or raises, or a function of the records.
    """

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers) or [None]
        self.batches: list[list[dict[str, Any]]] = []

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        self.batches.append(list(event["Records"]))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(event["Records"]) if callable(answer) else answer


def source_of(spec: FunctionSpec) -> Any:
    """The one source of a function."""
    (source,) = spec.sources
    return source


def failures(*identifiers: str) -> dict[str, Any]:
    """A partial batch response."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in identifiers]}
