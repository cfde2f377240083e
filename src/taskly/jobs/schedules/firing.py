"""Submits the jobs of schedules that are due; any number of processes may do so at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from taskly.accounts.actor import Actor
from taskly.accounts.queries import owner_of_work
from taskly.jobs.events import JOB_COLUMNS, record_states
from taskly.jobs.inputs import recheck_inputs
from taskly.jobs.kinds.registry import Kind, Registry
from taskly.jobs.models import Job, JobGrant, JobKey, Schedule
from taskly.jobs.queries import Reader
from taskly.jobs.rows import job_row
from taskly.jobs.schedules.times import Rule
from taskly.jobs.scope import BoardScope
from taskly.jobs.states import TERMINAL, WAITING, State
from taskly.kernel.errors import Invalid
from taskly.kernel.log import get_logger
from taskly.kernel.messages import text
from taskly.kernel.sync_db import SyncTx

log = get_logger(__name__)

MOST_SCHEDULES = 100
MOST_RUNS = 100
ONE_BY_ONE = {"queue", "cancel_previous"}

Row = dict[str, Any]


def job_of(kind: Kind, schedule: Mapping[Any, Any], fire_at: datetime | None) -> Row:
    """The row of a schedule's next job. Raises `Invalid` for parameters that the kind refuses."""
    key = schedule["concurrency_key"]
    if key is None and schedule["overlap"] in ONE_BY_ONE:
        key = f"schedule:{schedule['id']}"
    copied = ("owner_id", "board_id", "card_id", "priority", "queue", "max_attempts", "timeout_s")
    return job_row(
        kind,
        schedule["params"],
        title=schedule["title"] or schedule["name"],
        schedule_id=schedule["id"],
        fire_at=fire_at,
        concurrency_key=key,
        **{name: schedule[name] for name in copied},
    )


def _due(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Schedule.next_run_at <= moment,
        Schedule.paused_at.is_(None),
        Schedule.deleted_at.is_(None),
    )


def is_due(tx: SyncTx, moment: datetime) -> bool:
    """True when a tick would have something to do; a read, which keeps nobody waiting."""
    return tx.scalar(select(Schedule.id).where(*_due(moment)).limit(1)) is not None


def tick(tx: SyncTx, kinds: Registry, boards: BoardScope, moment: datetime) -> list[Row]:
    """Submit what is due at this time, all in one transaction; the jobs that are new or changed.

    A schedule is locked while its jobs are made, its next run is moved on in the same transaction,
    and a schedule and a planned time together are unique: no run comes twice.
    """
    due = tx.all(
        select(*Schedule.__table__.c)
        .where(*_due(moment))
        .order_by(Schedule.next_run_at)
        .limit(MOST_SCHEDULES)
        .with_for_update(skip_locked=True)
    )
    changed: list[Row] = []
    for row in due:
        changed += _fire(tx, kinds, boards, dict(row._mapping), moment)
    record_states(tx, changed)
    return changed


def _fire(
    tx: SyncTx, kinds: Registry, boards: BoardScope, schedule: Row, moment: datetime
) -> list[Row]:
    owner = tx.first(owner_of_work(schedule["owner_id"]))
    kind = kinds.get(schedule["kind"])
    refusal = _refusal(tx, kind, boards, schedule, owner)
    if refusal is not None or kind is None:
        reason = text(refusal or "unknown_kind", owner.locale if owner else "en")
        log.warning("schedule_paused", schedule=str(schedule["id"]), reason=refusal)
        _write(tx, schedule, {"paused_at": moment, "pause_reason": reason})
        return []
    runs, following = due_runs(schedule, moment)
    changed: list[Row] = []
    fired: list[datetime] = []
    for fire_at in runs:
        made = _submit(tx, kind, schedule, fire_at, moment)
        changed += made
        fired += [fire_at] if made else []
    values: Row = {"next_run_at": following}
    if fired:
        values["last_run_at"] = fired[-1]
    _write(tx, schedule, values)
    return changed


def _refusal(
    tx: SyncTx, kind: Kind | None, boards: BoardScope, schedule: Row, owner: Any
) -> str | None:
    """Why the schedule may not go on: what its owner may do is asked anew at each run."""
    if kind is None:
        return "unknown_kind"
    if owner is None or not owner.is_active:
        return "schedule_owner_gone"
    if kind.needs_grant and not owner.is_superuser:
        granted = select(JobGrant.kind).where(
            JobGrant.user_id == schedule["owner_id"], JobGrant.kind == kind.name
        )
        if tx.scalar(granted) is None:
            return "kind_not_allowed"
    runs_for = Actor(user_id=schedule["owner_id"])
    if schedule["board_id"] is not None:
        mine = boards.editable_boards(runs_for).subquery()
        (board,) = mine.c
        if tx.scalar(select(board).where(board == schedule["board_id"])) is None:
            return "schedule_board_gone"
    try:
        job_of(kind, schedule, None)
    except Invalid:
        return "schedule_params_refused"
    try:
        recheck_inputs(tx, Reader(runs_for, boards), kind, schedule["params"])
    except Invalid:
        return "schedule_files_gone"
    return None


def due_runs(
    schedule: Mapping[Any, Any], moment: datetime
) -> tuple[list[datetime], datetime | None]:
    """The planned times to run for now, and the next one; many missed ones come in pieces."""
    first: datetime = schedule["next_run_at"]
    rule = Rule.of(schedule)
    if schedule["misfire"] == "all":
        planned = [first]
        for run in rule.after(first):
            if run > moment or len(planned) == MOST_RUNS:
                return planned, run
            planned.append(run)
        return planned, None
    newest = rule.newest(first, moment)
    late = moment - newest > timedelta(seconds=schedule["grace_s"])
    runs = [] if late and schedule["misfire"] == "skip" else [newest]
    return runs, rule.next_after(moment)


def _submit(
    tx: SyncTx, kind: Kind, schedule: Row, fire_at: datetime, moment: datetime
) -> list[Row]:
    before: list[Row] = []
    if schedule["overlap"] in {"skip", "cancel_previous"}:
        rows = tx.all(
            select(*JOB_COLUMNS)
            .where(
                Job.schedule_id == schedule["id"],
                Job.state.not_in(sorted(TERMINAL)),
                Job.deleted_at.is_(None),
            )
            .order_by(Job.number)
            .with_for_update(of=Job)
        )
        before = [dict(row._mapping) for row in rows]
    if before and schedule["overlap"] == "skip":
        return []
    row = job_of(kind, schedule, fire_at)
    if row["concurrency_key"] is not None:
        _know_key(tx, row["concurrency_key"])
    result = tx.execute(insert(Job).values(**row))
    (row["number"],) = result.inserted_primary_key or (None,)
    stopped = [_stop(tx, job, moment) for job in before if job["state"] != State.CANCELLING]
    return [*stopped, row]


def _stop(tx: SyncTx, job: Row, moment: datetime) -> Row:
    values: Row = {"cancel_requested_at": moment, "state": State.CANCELLING.value}
    if job["state"] in WAITING:
        values |= {"state": State.CANCELLED.value, "finished_at": moment}
    tx.execute(update(Job).where(Job.number == job["number"]).values(**values))
    return job | values


def _know_key(tx: SyncTx, key: str) -> None:
    if tx.scalar(select(JobKey.key).where(JobKey.key == key)) is not None:
        return
    try:
        with tx.savepoint():
            tx.execute(insert(JobKey).values(key=key))
    except IntegrityError:
        return  # somebody else was first


def _write(tx: SyncTx, schedule: Row, values: Row) -> None:
    tx.execute(update(Schedule).where(Schedule.id == schedule["id"]).values(**values))


def stopped_jobs(changed: list[Row]) -> list[UUID]:
    """Which of the changed jobs run somewhere and are to stop."""
    return [row["id"] for row in changed if row["state"] == State.CANCELLING]
