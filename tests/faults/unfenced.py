"""`taskly` without what keeps two runs of a job apart, so that the checkers have something to find."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from taskly import cli
from taskly.jobs.engine import attempt, store
from taskly.jobs.events import JOB_COLUMNS
from taskly.jobs.models import Job
from taskly.jobs.states import State
from taskly.kernel.sync_db import SyncTx

REMOVED = "TASKLY_TEST_REMOVED"
"""Names what is taken away: `claim` or `lease`."""


def main() -> None:
    """Run the command line with a part of the engine taken out."""
    if os.environ[REMOVED] == "claim":
        _claim_without_asking()
    else:
        attempt.CHILD_LEASE = 1000.0
    cli.main()


def _claim_without_asking() -> None:
    """Take also what somebody else has taken, once each, whatever its row says by then."""

    def ready(queues: tuple[str, ...], now: datetime, full: list[str], dialect: str) -> Any:
        return (
            select(*JOB_COLUMNS)
            .where(
                Job.queue.in_(queues), Job.state.in_([State.QUEUED, State.RUNNING]), Job.attempt < 2
            )
            .order_by(Job.number)
            .limit(1)
        )

    def changed(
        tx: SyncTx, row: Mapping[str, Any], states: set[State], values: dict[str, Any]
    ) -> bool:
        tx.execute(update(Job).where(Job.number == row["number"]).values(**values))
        return True

    store._ready = ready
    store._changed = changed
