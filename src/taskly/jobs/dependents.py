"""Jobs that come after others: released when all of these have succeeded, skipped when one did not."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, func, select, update

from taskly.jobs.events import JOB_COLUMNS
from taskly.jobs.models import Job, JobDependency
from taskly.jobs.states import TERMINAL, State
from taskly.kernel.clock import now
from taskly.kernel.sync_db import SyncTx

LOCK_CHILDREN = (
    select(*JOB_COLUMNS)
    .join(JobDependency, JobDependency.job_id == Job.id)
    .where(JobDependency.parent_id == bindparam("parent"), Job.state == State.BLOCKED)
    .order_by(Job.number)
    .with_for_update()
)


def release_dependents(tx: SyncTx, ended: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Let the jobs go on that wait for this one, if it has come to an end; returns those that changed.

    Each child is locked before its parents are looked at: of two parents that end at once, the later
    one sees the other's end.
    """
    changed: list[dict[str, Any]] = []
    ends: list[Mapping[str, Any]] = [ended] if ended["state"] in TERMINAL else []
    while ends:
        parent = ends.pop()
        for child in tx.all(LOCK_CHILDREN, {"parent": parent["id"]}):
            row = dict(child._mapping)
            if parent["state"] != State.SUCCEEDED:
                row |= {"state": State.SKIPPED.value, "finished_at": now()}
            elif _still_waits(tx, row):
                continue
            else:
                row |= {"state": State.QUEUED.value}
            tx.execute(
                update(Job)
                .where(Job.number == row["number"], Job.state == State.BLOCKED)
                .values(state=row["state"], finished_at=row["finished_at"])
            )
            changed.append(row)
            if row["state"] == State.SKIPPED:
                ends.append(row)
    return changed


def _still_waits(tx: SyncTx, row: Mapping[str, Any]) -> bool:
    count = tx.scalar(
        select(func.count())
        .select_from(JobDependency)
        .join(Job, Job.id == JobDependency.parent_id)
        .where(JobDependency.job_id == row["id"], Job.state != State.SUCCEEDED)
    )
    return bool(count)
