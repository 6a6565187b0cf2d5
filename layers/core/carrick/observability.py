"""Structured logs and metrics. Only fields on the list below are ever written.

A log line is an event name and allowed fields. Exceptions are logged by type and place, never by
their text: the text of an unknown exception may quote its input, and so a secret.
"""

import traceback
from types import TracebackType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

ALLOWED_FIELDS = frozenset(
    {
        "attempt",
        "code",
        "connection_id",
        "count",
        "duration_ms",
        "endpoint_name",
        "environment_id",
        "event_id",
        "integration_id",
        "operation",
        "operation_id",
        "outcome",
        "provider",
        "provider_status",
        "queue",
        "reason",
        "request_id",
        "route",
        "shard",
        "status",
    }
)
NAMESPACE = "Carrick"
_logger = Logger(location=None, log_uncaught_exceptions=False)


def info(event: str, **fields: Any) -> None:
    """Something happened as intended."""
    _logger.info(event, extra=_allowed(fields))


def warning(event: str, **fields: Any) -> None:
    """Something failed that the design expects to fail at times."""
    _logger.warning(event, extra=_allowed(fields))


def error(event: str, *, exception: BaseException | None = None, **fields: Any) -> None:
    """Something failed that an operator should look at."""
    extra = _allowed(fields)
    if exception is not None:
        extra["exception"] = type(exception).__name__
        extra["places"] = places(exception.__traceback__)
    _logger.error(event, extra=extra)


def count(metric: str, value: int = 1) -> None:
    """Add to a CloudWatch metric (one line of embedded metric format)."""
    with single_metric(
        name=metric, unit=MetricUnit.Count, value=value, namespace=NAMESPACE
    ) as metrics:
        metrics.add_metadata(key="metric", value=metric)


def places(trace: TracebackType | None) -> list[str]:
    """The last frames of a traceback as ``file:line function``, without source text or values."""
    return [
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-6:]
    ]


def _allowed(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in fields.items()
        if name in ALLOWED_FIELDS and isinstance(value, str | int | float | bool)
    }
