"""The engine of one process: slots that claim and run jobs until there are none, and sleep until woken."""

import os
import socket
import threading
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

import taskly
from taskly.files.store import LocalStore
from taskly.jobs.engine import store
from taskly.jobs.engine.attempt import Attempt, Publish, Stop
from taskly.jobs.engine.folder import FolderLock
from taskly.jobs.engine.forks import Forks
from taskly.jobs.engine.store import Claimant
from taskly.jobs.engine.sweeping import Sweeper
from taskly.jobs.engine.ticker import Ticker
from taskly.jobs.kinds.registry import Registry
from taskly.jobs.models import Worker
from taskly.jobs.scope import BoardScope
from taskly.kernel.address_policy import AddressPolicy
from taskly.kernel.clock import now
from taskly.kernel.errors import Busy
from taskly.kernel.ids import new_id
from taskly.kernel.log import get_logger
from taskly.kernel.outbound_proxy import OutboundProxy
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase

log = get_logger(__name__)

QUEUES = ("default", "email", "notifications", "downloads", "collect", "containers", "cleanup")
LONGEST_SLEEP_S = 30.0
AGAIN_S = 1.0
DRAIN_S = 10.0
WORKER_BEAT_S = 10.0
CANCELS_S = 1.0
SWEEP_S = 60.0

Observe = Callable[[store.Row], None]


def _unobserved(row: store.Row) -> None:
    """Nobody wants to know."""


class Engine:
    """Runs jobs in this process, as many at once as it has slots."""

    def __init__(
        self,
        settings: Settings,
        database: SyncDatabase,
        kinds: Registry,
        boards: BoardScope,
        publish: Publish,
        *,
        driver: str = "embedded",
        queues: tuple[str, ...] = QUEUES,
        observe: Observe = _unobserved,
    ) -> None:
        self.worker_id = new_id()
        self.ticker = Ticker(settings, database, self.wake)
        self._settings = settings
        self._database = database
        self._kinds = kinds
        self._boards = boards
        self._publish = publish
        self._driver = driver
        self._queues = queues
        self._observe = observe
        self._proxy = OutboundProxy(AddressPolicy(settings.outbound_allow))
        self._files = LocalStore(settings)
        self._forks = Forks(settings.job_modules)
        self._sweeper = Sweeper(settings, database, kinds)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._running: dict[UUID, Attempt] = {}
        self._change = threading.Condition()
        self._wakes = 0
        self._asleep: dict[int, int] = {}
        """The slots with nothing to do, and the last wake that each has looked after."""
        self._stopping = False
        self._hurried = False
        self._draining = False
        self._slots: list[threading.Thread] = []
        self._serving = 0

    def start(self) -> None:
        """Take back what an earlier process of this installation left running, then begin."""
        folder = self._settings.data_dir
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FolderLock(folder, self.worker_id)
        with self._lock.taken() as former:
            self._reclaim(former)
        self._forks.open(self._lock.held)
        self._proxy.start()
        self._register()
        self.ticker.every(WORKER_BEAT_S, "worker", lambda _: self._beat())
        self.ticker.every(CANCELS_S, "cancels", lambda _: self._stop_cancelled())
        self.ticker.every(SWEEP_S, "sweep", lambda _: self._sweeper.begin())
        self._serving = self._settings.job_slots
        for number in range(self._settings.job_slots):
            slot = threading.Thread(target=self._serve, args=(number,), name=f"job-slot-{number}")
            slot.start()
            self._slots.append(slot)
        self.ticker.start()

    def wake(self, queues: Iterable[str] | None = None) -> None:
        """Something may be ready, in these queues or anywhere."""
        if queues is not None and set(queues).isdisjoint(self._queues):
            return
        with self._change:
            self._wakes += 1
            self._change.notify_all()

    def wait_for_room(self, seconds: float) -> bool:
        """True as soon as a slot has looked after the last wake and found nothing; False after this time."""
        with self._change:
            return self._change.wait_for(
                lambda: self._takes_jobs() and self._wakes in self._asleep.values(), seconds
            )

    def _takes_jobs(self) -> bool:
        return not (self._stopping or self._draining)

    def cancel(self, job_id: UUID) -> None:
        """Stop a job if it runs here; that it is to stop stands in its row already."""
        with self._change:
            attempt = self._running.get(job_id)
        if attempt is not None:
            attempt.stop(Stop.CANCELLED)

    def stop(self, patience_s: float | None = DRAIN_S) -> None:
        """Begin nothing new, wait for what runs, and put back into the queue what takes too long."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
            is_busy = bool(self._running)
        if is_busy:
            self._say_that_it_drains()
        with self._change:
            self._change.wait_for(lambda: self._serving == 0 or self._hurried, patience_s)
        self.hurry()
        for slot in self._slots:
            slot.join()
        self.ticker.stop()
        self._forks.close()
        self._sweeper.stop()
        self._proxy.stop()
        self._leave()

    def hurry(self) -> None:
        """Do not wait any longer for what runs, now or once the engine stops."""
        with self._change:
            self._hurried = True
            left = list(self._running.values())
            self._change.notify_all()
        for attempt in left:
            attempt.stop(Stop.DRAINED)

    def _serve(self, number: int) -> None:
        try:
            self._work(number)
        finally:
            with self._change:
                self._serving -= 1
                self._change.notify_all()

    def _work(self, number: int) -> None:
        claimant = Claimant(
            self.worker_id,
            self._name,
            self._queues,
            timedelta(seconds=self._settings.job_lease_s),
        )
        while not self._stopping:
            with self._change:
                seen = self._wakes
            if self._draining:
                self._sleep(number, LONGEST_SLEEP_S, seen)
                continue
            try:
                with self._database.write() as tx:
                    job = store.claim_next(tx, claimant, now())
                if job is not None:
                    self._run(job)
                    continue
                with self._database.read() as tx:
                    ready_at = store.next_ready_at(tx, self._queues)
            except Busy:
                log.warning("jobs_wait_for_the_database")
                self._sleep(number, AGAIN_S, seen)
            except Exception:
                # One job that cannot be run must not end the slot.
                log.exception("job_slot_failed")
                self._sleep(number, AGAIN_S, seen)
            else:
                left = LONGEST_SLEEP_S
                if ready_at is not None and ready_at > now():
                    left = (ready_at - now()).total_seconds()
                self._sleep(number, min(left, LONGEST_SLEEP_S), seen)

    def _run(self, job: store.Row) -> None:
        attempt = Attempt(
            self._settings,
            self._database,
            self._forks,
            self._files,
            self._boards,
            self._publish,
            self._proxy.address,
        )
        self._observe(job)
        with self._change:
            self._running[job["id"]] = attempt
            hurried = self._hurried
        if hurried:
            attempt.stop(Stop.DRAINED)
        try:
            ended = attempt.run(job, self._kinds)
        finally:
            with self._change:
                del self._running[job["id"]]
            # Its key, or what waited for it, may be free now.
            self.wake()
        if ended is not None:
            self._observe(ended)

    def _sleep(self, number: int, seconds: float, seen: int) -> None:
        with self._change:
            self._asleep[number] = seen
            self._change.notify_all()
            self._change.wait_for(lambda: self._stopping or self._wakes != seen, seconds)
            del self._asleep[number]

    def _reclaim(self, former: Collection[UUID]) -> None:
        if not former:
            return
        theirs = (Worker.id.in_(former), Worker.stopped_at.is_(None))
        with self._database.write() as tx:
            tx.execute(update(Worker).where(*theirs).values(stopped_at=now(), running=0))
        while True:
            with self._database.read() as tx:
                jobs = store.held_by(tx, former)
            if not jobs:
                return
            for job in jobs:
                with self._database.write() as tx:
                    store.give_up(tx, job, now(), still_expired=False)

    def _register(self) -> None:
        with self._database.write() as tx:
            tx.execute(
                insert(Worker).values(
                    id=self.worker_id,
                    name=self._name,
                    host=socket.gethostname(),
                    pid=os.getpid(),
                    version=taskly.__version__,
                    driver=self._driver,
                    queues=list(self._queues),
                    slots=self._settings.job_slots,
                    running=0,
                    started_at=now(),
                    heartbeat_at=now(),
                    draining=False,
                    stopped_at=None,
                )
            )

    def _beat(self) -> None:
        with self._change:
            values: dict[str, Any] = {"running": len(self._running), "heartbeat_at": now()}
            if self._stopping:
                values["draining"] = True
        me = Worker.id == self.worker_id
        with self._database.write() as tx:
            tx.execute(update(Worker).where(me).values(**values))
            draining = bool(tx.scalar(select(Worker.draining).where(me)))
        if draining != self._draining:
            self._draining = draining
            self.wake()

    def _say_that_it_drains(self) -> None:
        try:
            self._beat()
        except Busy:
            log.warning("worker_drains_without_a_word")

    def _stop_cancelled(self) -> None:
        """Find what no message has told of."""
        if self._running:
            with self._database.read() as tx:
                asked = store.stopping(tx, self.worker_id)
            for job_id in asked:
                self.cancel(job_id)

    def _leave(self) -> None:
        try:
            with self._database.write() as tx:
                tx.execute(
                    update(Worker)
                    .where(Worker.id == self.worker_id)
                    .values(stopped_at=now(), running=0)
                )
        except Busy:
            log.warning("worker_left_without_a_word")
        self._lock.close()
