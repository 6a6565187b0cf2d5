"""Refresh queue: refreshes the connections of a batch in parallel, each under its own lease.

Use case: ``domain.refresh_work``. Permissions: read and commit one connection at a time, unseal
credentials and client secrets, send to the journal; cannot query or list.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from carrick import observability, wiring
from carrick.domain.refresh import Dependencies
from carrick.domain.refresh_work import refresh_if_due
from carrick.queues.refresh import parse
from functions.refresh_worker.dependencies import dependencies


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis()) / 1000

    records, deps = event["Records"], dependencies()
    with ThreadPoolExecutor(max_workers=10) as pool:
        done = pool.map(lambda record: _is_done(record, deps, seconds_left), records)
        failed = [r["messageId"] for r, ok in zip(records, done, strict=True) if not ok]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(
    record: Mapping[str, Any], deps: Dependencies, seconds_left: Callable[[], float]
) -> bool:
    try:
        outcome = refresh_if_due(parse(record["body"]), deps, seconds_left=seconds_left)
        observability.info("refresh_attempt", outcome=outcome)
        return True
    except Exception as error:
        observability.error("refresh_not_processed", exception=error)
        return False


wiring.warm(dependencies)
