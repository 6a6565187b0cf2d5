"""The threads that feed functions from queues, streams and schedules, until they are stopped.

All of them wait without polling: for a message, a write, or the next time of a schedule.
"""

import threading
from collections.abc import Callable
from time import monotonic

from local.aws import LocalAws
from local.functions import Functions, describe
from local.queues import Message, QueueConsumer
from local.resources import QueueSource, StreamSource
from local.schedules import Schedule
from local.streams import StreamConsumer

LONG_POLL_SECONDS = 20
RETRY_SECONDS = 1.0
FIRST_RUN_SECONDS = 1.0

Report = Callable[[str], None]


class Loops:
    """Everything that invokes functions by itself. ``report`` is told of what goes wrong."""

    def __init__(self, aws: LocalAws, functions: Functions, report: Report) -> None:
        self._aws = aws
        self._functions = functions
        self._report = report
        self._stopping = threading.Event()
        self._written = threading.Event()
        self._running: set[threading.Thread] = set()

    def start(self) -> None:
        """Start the threads. Raises ``PermissionError`` if a role may not read its stream."""
        streams: list[StreamConsumer] = []
        for spec in self._aws.stack.functions.values():
            for source in spec.sources:
                if isinstance(source, QueueSource):
                    queue = QueueConsumer(
                        self._aws, self._functions, spec, source, report=self._report
                    )
                    self._start(self._consume_queue, queue)
                elif isinstance(source, StreamSource):
                    streams.append(
                        StreamConsumer(
                            self._aws, self._functions, spec, source, report=self._report
                        )
                    )
                else:
                    schedule = Schedule(self._functions, spec, source, report=self._report)
                    self._start(self._run_schedule, schedule)
        for stream in streams:
            stream.check_permissions()
        self._aws.on_write.append(self._written.set)
        self._written.set()  # what a stream holds from before
        self._start(self._consume_streams, streams)

    def _start(self, loop: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=loop, args=arguments, daemon=True).start()

    def stop(self, *, grace_seconds: float = 0.5) -> None:
        """Take no new work, and give what runs a moment to end."""
        self._stopping.set()
        self._written.set()
        deadline = monotonic() + grace_seconds
        for thread in list(self._running):
            thread.join(max(0.0, deadline - monotonic()))

    def _consume_queue(self, consumer: QueueConsumer) -> None:
        slots = threading.Semaphore(consumer.concurrency)
        while not self._stopping.is_set():
            slots.acquire()
            messages = self._receive(consumer)
            if not messages or self._stopping.is_set():
                slots.release()
                continue
            thread = threading.Thread(
                target=self._handle, args=(consumer, messages, slots), daemon=True
            )
            self._running.add(thread)
            thread.start()

    def _receive(self, consumer: QueueConsumer) -> list[Message]:
        try:
            return consumer.receive(LONG_POLL_SECONDS)
        except Exception as error:
            if not self._stopping.is_set():
                self._report(f"A queue could not be read: {describe(error)}")
                self._stopping.wait(RETRY_SECONDS)
            return []

    def _handle(
        self, consumer: QueueConsumer, messages: list[Message], slots: threading.Semaphore
    ) -> None:
        try:
            consumer.handle(messages)
        except Exception as error:
            if not self._stopping.is_set():
                self._report(f"Messages could not be deleted: {describe(error)}")
        finally:
            self._running.discard(threading.current_thread())
            slots.release()

    def _consume_streams(self, streams: list[StreamConsumer]) -> None:
        while not self._stopping.is_set():
            self._written.wait()
            self._written.clear()
            results = [self._drain(stream) for stream in streams]
            if not all(results):
                self._stopping.wait(RETRY_SECONDS)
                self._written.set()

    def _drain(self, stream: StreamConsumer) -> bool:
        """Dispatch what a stream holds. False if a batch must be tried again."""
        while not self._stopping.is_set():
            handled = stream.run_once()
            if handled is None:
                return False
            if stream.is_empty:
                return True
        return True

    def _run_schedule(self, schedule: Schedule) -> None:
        pause = FIRST_RUN_SECONDS
        while not self._stopping.wait(pause):
            schedule.run_once()
            pause = schedule.every_seconds
