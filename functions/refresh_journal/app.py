"""Journal queue: applies refreshed credentials whose commit failed.

Use case: ``domain.refresh_journal``. Permissions: update connections and consume the queue; can
neither decrypt nor call out.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick import observability, wiring
from carrick.domain.refresh_journal import apply
from carrick.queues.journal import parse
from carrick.settings import ConnectionsSettings, ShardSettings
from carrick.store.connections import ConnectionStore


@dataclass(frozen=True)
class Settings(ConnectionsSettings, ShardSettings):
    """What this function may read."""


@functools.cache
def dependencies() -> ConnectionStore:
    settings = Settings.load()
    return ConnectionStore(
        wiring.Aws().client("dynamodb"),
        settings.connections_table,
        shards=settings.refresh_shards,
        now=wiring.now,
    )


def lambda_handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not _is_done(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _is_done(record: Mapping[str, Any]) -> bool:
    try:
        outcome = apply(parse(record["body"]), dependencies())
        observability.info("refresh_journal", outcome=outcome)
        return True
    except Exception as error:
        observability.error("refresh_journal_not_processed", exception=error)
        return False


wiring.warm(dependencies)
