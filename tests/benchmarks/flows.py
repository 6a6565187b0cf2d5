"""What a connect flow and a refresh ask of AWS, and a crowd of readers of the provider."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks.report import Line, at_least, at_most, exactly
from tests.benchmarks.rig import Rig, dynamodb, kms, writes

READERS = 200
SWEEP = 60
PROVIDER_SECONDS = 0.1


def measure(rig: Rig) -> list[Line]:
    """All budgets of flows."""
    return [*_connect_flow(rig), *_refresh(rig), *_crowd(rig), *_sweep(rig)]


def _connect_flow(rig: Rig) -> list[Line]:
    _flow(rig)
    rig.counts()
    _flow(rig)
    counts = rig.counts()
    return [
        at_most("connect flow: requests to DynamoDB", 8, dynamodb(counts), digits=0),
        at_most("connect flow: calls to KMS", 2, kms(counts), digits=0),
    ]


def _flow(rig: Rig) -> None:
    started = rig.tenant.start(rig.tenant.session(allowed_integrations=["test"]))
    ended = rig.tenant.back(rig.provider.authorize(started.headers["location"]), started.cookies)
    assert ended.status == 200, ended.text


def _refresh(rig: Rig) -> list[Line]:
    connection_id = rig.tenant.connect(rig.provider)
    for _ in range(2):
        # The first time, the integration's data key is not in memory yet.
        rig.update(connection_id, expires_at=time.time() - 1)
        rig.counts()
        assert rig.tenant.read(connection_id).status == 200
    counts = rig.counts()
    return [
        at_most("one refresh: writes to DynamoDB", 3, writes(counts), digits=0),
        exactly("one refresh, warm: calls to KMS", 0, kms(counts)),
    ]


def _crowd(rig: Rig) -> list[Line]:
    """Many parallel reads of one expired connection, the provider strict about rotation."""
    connection_id = rig.tenant.connect(rig.provider)
    rig.tenant.read(connection_id)
    rig.update(connection_id, expires_at=time.time() - 1)
    before = len(rig.provider.refreshes())
    rig.provider.switches.before_answer = lambda: time.sleep(PROVIDER_SECONDS)
    barrier = threading.Barrier(READERS)

    def read() -> int:
        barrier.wait()
        return rig.tenant.read(connection_id).status

    with ThreadPoolExecutor(READERS) as pool:
        statuses = list(pool.map(lambda _: read(), range(READERS)))
    rig.provider.switches.before_answer = lambda: None
    calls = len(rig.provider.refreshes()) - before
    return [
        exactly(f"{READERS} parallel reads of an expired connection: provider calls", 1, calls),
        exactly(f"{READERS} parallel reads: good answers", READERS, statuses.count(200)),
    ]


def _sweep(rig: Rig) -> list[Line]:
    """Batches of ten in one worker against one at a time; the provider takes 100 ms.

    The emulated AWS works on the same two cores and takes longer than DynamoDB would, one request
    after the other. So each rate is measured with and without the provider's 100 ms: the
    difference is the time spent waiting for providers, which is what parallel refreshes save.
    """
    ids = [rig.tenant.connect(rig.provider) for _ in range(SWEEP)]
    alone, together = ids[:10], ids[10:]
    _seconds(rig, ids, 10)
    idle_one, idle_ten = _seconds(rig, alone, 1), _seconds(rig, together, 10)
    before = len(rig.provider.refreshes())
    rig.provider.switches.before_answer = lambda: time.sleep(PROVIDER_SECONDS)
    one, ten = _seconds(rig, alone, 1), _seconds(rig, together, 10)
    rig.provider.switches.before_answer = lambda: None
    repeated = len(rig.provider.refreshes()) - before - SWEEP
    waited_one = (one - idle_one) / len(alone)
    waited_ten = max(ten - idle_ten, 0.001) / len(together)
    whole = (one / len(alone)) / (ten / len(together))
    return [
        at_least(
            "refresh sweep, 10 at once: provider waits overlapped", 8, waited_one / waited_ten, " x"
        ),
        Line(
            "refresh sweep, 10 at once: whole, emulated AWS included", "-", f"{whole:.1f} x", True
        ),
        exactly("refresh sweep: connections refreshed twice", 0, repeated),
    ]


def _seconds(rig: Rig, ids: list[str], batch: int) -> float:
    import json

    for connection_id in ids:
        rig.update(connection_id, refresh_at=1.0)
    bodies = [
        json.dumps(
            {
                "environment_id": rig.tenant.environment_id,
                "integration_id": "test",
                "connection_id": connection_id,
            }
        )
        for connection_id in ids
    ]
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    rig.functions.module("refresh_worker")
    started = time.perf_counter()
    for first in range(0, len(records), batch):
        answer = rig.functions.invoke("refresh_worker", {"Records": records[first : first + batch]})
        assert answer == {"batchItemFailures": []}
    return time.perf_counter() - started
