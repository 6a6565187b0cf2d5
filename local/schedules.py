"""Schedules: call a function every so many seconds, the first time soon after the start."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from local import identities
from local.functions import Functions, describe
from local.resources import FunctionSpec, ScheduleSource


class Schedule:
    """Calls one function on one schedule. A missed or failed call is not repeated."""

    def __init__(
        self,
        functions: Functions,
        spec: FunctionSpec,
        source: ScheduleSource,
        *,
        report: Callable[[str], None] = print,
    ) -> None:
        self.every_seconds = source.every_seconds
        self._functions = functions
        self._spec = spec
        self._source = source
        self._report = report

    def run_once(self) -> Any:
        """Call the function now. What it raises is reported."""
        try:
            return self._functions.invoke(self._spec.name, self._event())
        except Exception as error:
            self._report(f"{self._spec.name} failed: {describe(error)}")
            return None

    def _event(self) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": identities.ACCOUNT_ID,
            "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "region": identities.REGION,
            "resources": [identities.arn("scheduler", f"schedule/default/{self._source.name}")],
            "detail": "{}",
        }
