"""Hears wakes for an engine: a Celery worker inside this process, whose only task is to make it look."""

import socket
import threading
from typing import Any

from celery.exceptions import Reject
from celery.worker import WorkController, state

from taskly.jobs.broker.celery import WAKE, celery_app
from taskly.jobs.broker.news import news_of
from taskly.jobs.engine.engine import Engine
from taskly.jobs.engine.store import Row
from taskly.kernel.log import get_logger
from taskly.kernel.settings import Settings

log = get_logger(__name__)

HOLD_S = 600.0
"""How long a busy worker keeps the message that it heard last: brokers lose patience after half an hour."""
LOOK_S = 0.5
AGAIN_S = 2.0
LEAVE_S = 5.0


class Ear:
    """Runs beside the engine, which does without it while the broker is away.

    It also answers to Celery's remote control, and tells Flower of the jobs when Flower asks for that.
    """

    def __init__(self, settings: Settings, queues: tuple[str, ...]) -> None:
        self._queues = queues
        self._app = celery_app(settings)
        self._app.task(self._hear, name=WAKE, send_events=False)
        self._engine: Engine | None = None
        self._controller: Any = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="job-ear", daemon=True)

    def start(self, engine: Engine) -> None:
        """Begin to listen for this engine."""
        self._engine = engine
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; what was heard last and nobody has done goes back for others."""
        self._stopped.set()
        state.should_stop = 0
        self._thread.join(LEAVE_S)

    def tell(self, row: Row) -> None:
        """Tell those who watch Celery's events what became of a job."""
        dispatcher = getattr(getattr(self._controller, "consumer", None), "event_dispatcher", None)
        if dispatcher is None or not dispatcher.enabled:
            return
        try:
            for event, fields in news_of(row):
                dispatcher.send(event, uuid=str(row["id"]), **fields)
        except Exception as error:  # noqa: BLE001 (whatever a transport raises; nobody's job depends on it)
            log.info("job_news_lost", error=type(error).__name__)

    def _hear(self) -> None:
        assert self._engine is not None
        self._engine.wake()
        waited = 0.0
        while not self._engine.wait_for_room(LOOK_S):
            waited += LOOK_S
            if self._stopped.is_set():
                raise Reject("the worker stops", requeue=True)
            if waited >= HOLD_S:
                return

    def _listen(self) -> None:
        assert self._engine is not None
        name = f"taskly-{self._engine.worker_id.hex[-12:]}@{socket.gethostname()}"
        while True:
            # In this order: a word to stop that comes now is heard here or below.
            state.should_stop = None
            if self._stopped.is_set():
                return
            try:
                self._controller = WorkController(
                    app=self._app,
                    hostname=name,
                    pool="threads",
                    concurrency=1,
                    queues=list(self._queues),
                    without_gossip=True,
                    without_mingle=True,
                )
                self._controller.start()
            except Exception:
                log.exception("ear_failed")
            self._stopped.wait(AGAIN_S)
