"""Finds what is due and sends one message per connection. May query one index and send, no more."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from carrick.clock import Clock
from carrick.models.events import RefreshMessage
from carrick.queues.refresh import RefreshQueue
from carrick.store.connection_lists import ConnectionLists

# The same amount of work every minute, whatever happened before: what is left is due next minute.
MOST_PER_SHARD = 20_000
SHARDS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Dependencies:
    lists: ConnectionLists
    queue: RefreshQueue
    shards: int
    now: Clock


def send_due(deps: Dependencies) -> int:
    """Send all that is due now; returns how many messages SQS took.

    Shards are independent: when one cannot be read, the others are sent all the same, and then its
    error is raised. A connection stays due until its worker has moved it on, so a message may be
    sent twice: the worker re-reads, and its lease lets one of them through.
    """
    now = deps.now()
    with ThreadPoolExecutor(max_workers=min(deps.shards, SHARDS_AT_ONCE)) as pool:
        # Not map: it would cancel the shards that wait for their turn when one fails.
        shards = range(deps.shards)
        runs = [pool.submit(deps.queue.send, _due(shard, now, deps)) for shard in shards]
    return sum(run.result() for run in runs)


def _due(shard: int, now: float, deps: Dependencies) -> Iterator[RefreshMessage]:
    for key in deps.lists.due(shard, until=now, limit=MOST_PER_SHARD):
        yield RefreshMessage(key.environment_id, key.integration_id, key.connection_id)
