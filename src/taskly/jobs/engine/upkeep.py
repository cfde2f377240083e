"""What some process of an installation has to do for all: submit the jobs of schedules, forget old jobs."""

from datetime import datetime
from functools import partial

from taskly.jobs.engine.attempt import Publish
from taskly.jobs.engine.ticker import Ticker, Wake
from taskly.jobs.kinds.registry import Registry
from taskly.jobs.retention import forget_old_jobs, forget_strays
from taskly.jobs.schedules.firing import is_due, stopped_jobs, tick
from taskly.jobs.scope import BoardScope
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase

SCHEDULES_S = 1.0
RETENTION_S = 600.0
STRAYS_S = 6 * 3600.0
CANCEL = "job.cancel"


class Upkeep:
    """Several processes may do it at once."""

    def __init__(
        self,
        settings: Settings,
        database: SyncDatabase,
        kinds: Registry,
        boards: BoardScope,
        publish: Publish,
        wake: Wake,
    ) -> None:
        self._settings = settings
        self._database = database
        self._kinds = kinds
        self._boards = boards
        self._publish = publish
        self._wake = wake

    def join(self, ticker: Ticker) -> None:
        """Let a ticker do it."""
        ticker.every(SCHEDULES_S, "schedules", self._submit_due)
        forget = partial(forget_old_jobs, self._settings, self._database)
        ticker.every(RETENTION_S, "retention", forget)
        sweep = partial(forget_strays, self._settings, self._database)
        ticker.every(STRAYS_S, "strays", sweep)

    def _submit_due(self, moment: datetime) -> None:
        with self._database.read() as tx:
            if not is_due(tx, moment):
                return
        with self._database.write() as tx:
            changed = tick(tx, self._kinds, self._boards, moment)
        for job_id in stopped_jobs(changed):
            self._publish(CANCEL, str(job_id).encode())
        if changed:
            self._wake([row["queue"] for row in changed])
