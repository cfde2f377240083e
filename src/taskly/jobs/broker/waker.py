"""Sends wakes for jobs that this process has put into their queues."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson
from kombu.exceptions import OperationalError

from taskly.jobs.broker.celery import WAKE, celery_app, wake_options
from taskly.kernel.db import Committed
from taskly.kernel.log import get_logger
from taskly.kernel.settings import Settings

log = get_logger(__name__)

MOST_WAITING = 32
"""Of messages in one queue: each is heard after whatever is committed now, and a worker that is awake
goes on until nothing is ready."""
MOST_QUEUES = 1000
ANSWER_S = 2.0
AGAIN_S = 1.0
LEAVE_S = 1.0
ASK_EVERY_S = 5.0
ANY_QUEUE = "default"
EVENT = "job.queued"
MARK = f'"{EVENT}"'.encode()


class Waker:
    """Works in a thread of its own: whoever asks for a wake never waits, whatever the broker does.

    A wake that is lost costs a moment, since workers also look by themselves.
    """

    def __init__(self, settings: Settings) -> None:
        self._app = celery_app(settings)
        self._due: Counter[str] = Counter()
        self._change = threading.Condition()
        self._stopping = False
        self._reached: bool | None = None
        self._thread = threading.Thread(target=self._run, name="job-waker", daemon=True)

    @property
    def reached(self) -> bool:
        """True while the broker answers."""
        return self._reached is True

    def wake(self, queues: Iterable[str]) -> None:
        """Something may be ready in these queues, once for each time that a queue is named."""
        with self._change:
            for queue in queues:
                if queue in self._due or len(self._due) < MOST_QUEUES:
                    self._due[queue] = min(self._due[queue] + 1, MOST_WAITING)
            self._change.notify()

    def on_commit(self, fact: Committed) -> None:
        """Wake for every job that a committed event has put into a queue."""
        if MARK in fact.payload:
            event = orjson.loads(fact.payload)
            if event["event"] == EVENT:
                self.wake(job["queue"] for job in event["patch"]["upsert"]["jobs"])

    async def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    async def stop(self) -> None:
        """Send what is due, if the broker takes it soon."""
        with self._change:
            self._stopping = True
            self._change.notify()
        await asyncio.to_thread(self._thread.join, LEAVE_S)

    def _run(self) -> None:
        connection = self._app.connection_for_write(
            heartbeat=0, connect_timeout=ANSWER_S, transport_options=self._patience()
        )
        failures = (
            *connection.recoverable_connection_errors,
            *connection.recoverable_channel_errors,
            OperationalError,
            OSError,
        )
        while not self._stopping:
            try:
                with connection:
                    self._send(connection)
            except failures as error:
                if self._reached is not False:
                    log.warning("broker_away", error=type(error).__name__)
            except Exception:
                log.exception("waker_failed")
            self._reached = False
            with self._change:
                self._change.wait_for(lambda: self._stopping, AGAIN_S)

    def _patience(self) -> dict[str, Any]:
        if self._app.conf.broker_url.startswith("amqp"):
            return {"read_timeout": ANSWER_S, "write_timeout": ANSWER_S}
        return {"socket_timeout": ANSWER_S, "socket_connect_timeout": ANSWER_S}

    def _send(self, connection: Any) -> None:
        connection.connect()
        with connection.channel() as channel, connection.Producer(channel) as producer:
            self._reached = True
            log.info("broker_reached")
            while True:
                with self._change:
                    self._change.wait_for(lambda: self._due or self._stopping, ASK_EVERY_S)
                    due = dict(self._due)
                if not due and self._stopping:
                    return
                if not due:
                    self._waiting_in(ANY_QUEUE, channel)
                for queue, count in due.items():
                    self._send_to(queue, count, channel, producer)
                    with self._change:
                        self._due[queue] -= count
                        self._due += Counter()

    def _send_to(self, queue: str, count: int, channel: Any, producer: Any) -> None:
        for _ in range(min(count, MOST_WAITING - self._waiting_in(queue, channel))):
            self._app.send_task(WAKE, producer=producer, **wake_options(queue))

    def _waiting_in(self, queue: str, channel: Any) -> int:
        declared = channel.queue_declare(queue=queue, durable=True, auto_delete=False)
        return int(declared.message_count)
