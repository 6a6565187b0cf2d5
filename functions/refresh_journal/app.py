"""Journal queue: applies refreshed credentials whose commit failed.

Use case: ``domain.refresh_journal``. Permissions: read and update one connection at a time, write
events, consume the queue; can neither decrypt nor call out.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick import observability, wiring
from carrick.domain.refresh_journal import Dependencies, apply
from carrick.queues.journal import parse
from carrick.settings import ConnectionsSettings, OutboxSettings, ShardSettings
from carrick.store.connections import ConnectionStore
from carrick.store.outbox import Outbox


@dataclass(frozen=True)
class Settings(ConnectionsSettings, OutboxSettings, ShardSettings):
    """What this function may read."""


@functools.cache
def dependencies() -> Dependencies:
    settings, dynamodb = Settings.load(), wiring.Aws().client("dynamodb")
    return Dependencies(
        connections=ConnectionStore(
            dynamodb, settings.connections_table, shards=settings.refresh_shards, now=wiring.now
        ),
        outbox=Outbox(dynamodb, settings.outbox_table),
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
