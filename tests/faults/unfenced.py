"""`taskly` without what keeps two runs of a job apart, so that the checkers have something to find."""

import os
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update

from taskly import cli
from taskly.jobs.engine import attempt, statements, store
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

    def ready(dialect: str, *, skipping: bool) -> Any:
        return (
            select(*JOB_COLUMNS)
            .where(
                Job.queue.in_(bindparam("queues", expanding=True)),
                Job.run_at <= bindparam("at"),
                Job.state.in_([State.QUEUED, State.RUNNING]),
                Job.attempt < 2,
            )
            .order_by(Job.number)
            .limit(1)
        )

    def changed(
        tx: SyncTx, row: Mapping[str, Any], states: set[State], values: dict[str, Any]
    ) -> bool:
        tx.execute(update(Job).where(Job.number == row["number"]).values(**values))
        return True

    statements.ready = ready  # type: ignore[assignment]
    store._changed = changed
