"""Every minute: sends one message for each connection that is due.

Use case: ``domain.refresh_schedule``. Permissions: query the due index, send to the refresh queue;
can neither read a connection nor decrypt.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrick import observability, wiring
from carrick.domain.refresh_schedule import Dependencies, send_due
from carrick.queues.refresh import RefreshQueue
from carrick.settings import ConnectionsSettings, RefreshQueueSettings, ShardSettings
from carrick.store.connection_lists import ConnectionLists


@dataclass(frozen=True)
class Settings(ConnectionsSettings, RefreshQueueSettings, ShardSettings):
    """What this function may read."""


@functools.cache
def dependencies() -> Dependencies:
    settings, aws = Settings.load(), wiring.Aws()
    return Dependencies(
        lists=ConnectionLists(aws.client("dynamodb"), settings.connections_table),
        queue=RefreshQueue(aws.client("sqs"), settings.refresh_queue_url),
        shards=settings.refresh_shards,
        now=wiring.now,
    )


def lambda_handler(event: Mapping[str, Any], context: object) -> None:
    sent = send_due(dependencies())
    observability.info("refresh_due", count=sent)


wiring.warm(dependencies)
