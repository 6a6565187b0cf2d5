"""Finds what is due and sends one message per connection. May query one index and send, no more."""

from collections.abc import Iterator
from dataclasses import dataclass

from carrick.clock import Clock
from carrick.models.events import RefreshMessage
from carrick.queues.refresh import RefreshQueue
from carrick.store.connection_lists import ConnectionLists

# The same amount of work every minute, whatever happened before: what is left is due next minute.
MOST_PER_SHARD = 5_000


@dataclass(frozen=True, slots=True)
class Dependencies:
    lists: ConnectionLists
    queue: RefreshQueue
    shards: int
    now: Clock


def send_due(deps: Dependencies) -> int:
    """Send all that is due now; returns how many messages SQS took.

    A connection stays due until its worker has moved it on, so a message may be sent twice: the
    worker re-reads, and its lease lets one of them through.
    """
    return deps.queue.send(_due(deps))


def _due(deps: Dependencies) -> Iterator[RefreshMessage]:
    now = deps.now()
    for shard in range(deps.shards):
        for key in deps.lists.due(shard, until=now, limit=MOST_PER_SHARD):
            yield RefreshMessage(key.environment_id, key.integration_id, key.connection_id)
