"""Clearing away what jobs left behind outside of their processes, where a kind knows of such things."""

import threading
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from taskly.jobs.kinds.registry import JobError, Registry
from taskly.jobs.models import Job
from taskly.jobs.states import TERMINAL
from taskly.kernel.errors import Busy
from taskly.kernel.log import get_logger
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase

log = get_logger(__name__)

STOP_S = 5.0


class Sweeper:
    """Sweeps in a thread of its own: what it talks to may hang, and no schedule may wait for that."""

    def __init__(self, settings: Settings, database: SyncDatabase, kinds: Registry) -> None:
        self._settings = settings
        self._database = database
        self._kinds = kinds
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Sweep, unless that goes on still."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._sweep, name="job-sweep", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Wait a little for the end."""
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _sweep(self) -> None:
        for kind in self._kinds:
            if kind.sweep is None:
                continue
            try:
                kind.sweep(self._settings, self._over)
            except (JobError, Busy) as error:
                log.info("sweep_waits", kind=kind.name, why=str(error))
            except Exception:
                log.exception("sweep_failed", kind=kind.name)

    def _over(self, job_ids: Collection[str]) -> Collection[str]:
        asked = {UUID(one): one for one in job_ids}
        going = Job.id.in_(list(asked)) & Job.state.not_in(sorted(TERMINAL))
        with self._database.read() as tx:
            live = {row.id for row in tx.all(select(Job.id).where(going))}
        return {one for job_id, one in asked.items() if job_id not in live}
