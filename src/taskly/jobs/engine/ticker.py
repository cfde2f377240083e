"""What has to happen from time to time, in one thread: any number of processes may do it at once."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from taskly.jobs.dependents import release_dependents
from taskly.jobs.engine import store
from taskly.jobs.events import record_states
from taskly.kernel.clock import now
from taskly.kernel.errors import Busy
from taskly.kernel.log import get_logger
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase

log = get_logger(__name__)

TICK_S = 1.0
RECONCILE_S = 2.0
REAP_S = 5.0

Do = Callable[[datetime], object]
Wake = Callable[[Iterable[str]], None]
"""Called with the queues that have work."""


@dataclass
class Duty:
    """Something to do, how often, and when next."""

    name: str
    every_s: float
    do: Do
    due_at: float = 0.0


class Ticker:
    """Runs its duties one after the other; one that fails is tried again at its next time."""

    def __init__(self, settings: Settings, database: SyncDatabase, wake: Wake) -> None:
        self._settings = settings
        self._database = database
        self._wake = wake
        self._duties: list[Duty] = []
        self._in_contact_since: float | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="job-ticker")
        self.every(min(REAP_S, settings.job_lease_s / 4), "reap", self._reap)
        self.every(RECONCILE_S, "reconcile", self._reconcile)

    def every(self, seconds: float, name: str, do: Do) -> None:
        """Do something every so many seconds, and soon after the start; it is told the time."""
        self._duties.append(Duty(name, seconds, do))

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the duty that is being done."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._pause()):
            for duty in self._duties:
                if duty.due_at > time.monotonic():
                    continue
                duty.due_at = time.monotonic() + duty.every_s
                try:
                    duty.do(now())
                    self._in_contact_since = self._in_contact_since or time.monotonic()
                except Busy:
                    self._in_contact_since = None
                    log.warning("duty_waits", duty=duty.name)
                except Exception:
                    log.exception("duty_failed", duty=duty.name)

    def _pause(self) -> float:
        soonest = min(duty.due_at for duty in self._duties)
        return min(TICK_S, max(0.01, soonest - time.monotonic()))

    def _reap(self, moment: datetime) -> None:
        """Take jobs away from workers that are lost.

        Only after a whole lease of unbroken contact with the database: before that, a lease may have
        run out only because nobody could renew it.
        """
        since = self._in_contact_since
        if since is None or time.monotonic() - since < self._settings.job_lease_s:
            with self._database.read() as tx:
                store.expired(tx, moment)
            return
        with self._database.read() as tx:
            jobs = store.expired(tx, moment)
        for job in jobs:
            with self._database.write() as tx:
                store.give_up(tx, job, moment, still_expired=True)

    def _reconcile(self, moment: datetime) -> None:
        with self._database.read() as tx:
            waiting = store.waiting_queues(tx, moment - timedelta(seconds=RECONCILE_S))
            parents = store.ended_parents(tx)
        for parent in parents:
            with self._database.write() as tx:
                released = release_dependents(tx, parent)
                record_states(tx, released)
            waiting += [row["queue"] for row in released]
        if waiting:
            self._wake(waiting)
