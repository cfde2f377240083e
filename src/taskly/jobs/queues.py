"""Queues: how much waits in each and for how long; administrators pause them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field
from sqlalchemy import Row, and_, case, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from taskly.accounts.actor import Actor
from taskly.accounts.auth import SUPERUSER
from taskly.jobs.capabilities import JobReader
from taskly.jobs.models import Job, JobQueue, Worker
from taskly.jobs.routes import READ, WRITE, announce, kinds_of
from taskly.jobs.schemas import Name
from taskly.jobs.service import WAKE
from taskly.jobs.states import LIVE, WAITING, State
from taskly.jobs.workers import at_work
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.fields import In, Line, Out
from taskly.kernel.http import Db, ReadDb, TasklyRoute, json_bytes
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/queues", route_class=TasklyRoute, tags=["queues"])

Manager = Annotated[Actor, Depends(SUPERUSER)]
QueueName = Annotated[Name, Path()]
COUNTED = ("ready", "later", "blocked", "running")


class QueueOut(Out):
    """A queue: `ready` jobs could run now, `later` ones wait for their time."""

    name: str
    ready: int
    later: int
    blocked: int
    running: int
    oldest_wait_s: float | None
    workers: int
    slots: int
    paused_at: datetime | None
    paused_by: UUID | None
    pause_reason: str | None


class QueuesOut(Out):
    """The queues, by name."""

    items: list[QueueOut]


class QueuePause(In):
    """Why a queue is paused."""

    reason: Annotated[Line, Field(max_length=300)] | None = None


@router.get("", response_model=QueuesOut, responses=READ)
async def list_queues(request: Request, reader: JobReader, db: ReadDb) -> Response:
    """Every queue that a kind, a worker, a job or a pause names; what it holds is told in numbers alone."""
    moment = now()
    counts = {row.queue: row for row in await _counts(db, moment)}
    pauses = {row.name: row for row in await db.all(select(*JobQueue.__table__.c))}
    workers = await db.all(select(Worker.queues, Worker.slots).where(at_work(moment)))
    names = {kind.queue for kind in kinds_of(request)} | counts.keys() | pauses.keys()
    names.update(name for worker in workers for name in worker.queues)
    items = [
        _queue(name, counts.get(name), pauses.get(name), workers, moment) for name in sorted(names)
    ]
    return json_bytes(to_json({"items": items}))


async def _counts(tx: ReadTx, moment: datetime) -> Any:
    ready = and_(Job.state == State.QUEUED, Job.run_at <= moment)
    conditions = (
        ready,
        and_(Job.state == State.QUEUED, Job.run_at > moment),
        Job.state == State.BLOCKED,
        Job.state.in_(sorted(LIVE)),
    )
    sums = [
        func.sum(case((condition, 1), else_=0)).label(name)
        for name, condition in zip(COUNTED, conditions, strict=True)
    ]
    oldest = func.min(case((ready, Job.run_at))).label("oldest")
    return await tx.all(
        select(Job.queue, oldest, *sums)
        .where(Job.state.in_(sorted(WAITING | LIVE)), Job.deleted_at.is_(None))
        .group_by(Job.queue)
    )


def _queue(
    name: str, counts: Row[Any] | None, pause: Row[Any] | None, workers: Any, moment: datetime
) -> dict[str, Any]:
    serving = [worker.slots for worker in workers if name in worker.queues]
    oldest = counts.oldest if counts is not None else None
    return {
        "name": name,
        **{one: int(counts._mapping[one]) if counts is not None else 0 for one in COUNTED},
        "oldest_wait_s": (moment - oldest).total_seconds() if oldest is not None else None,
        "workers": len(serving),
        "slots": sum(serving),
        "paused_at": pause.paused_at if pause is not None else None,
        "paused_by": pause.paused_by if pause is not None else None,
        "pause_reason": pause.pause_reason if pause is not None else None,
    }


@router.post("/{name}/pause", status_code=204, response_class=Response, responses=WRITE)
async def pause_queue(
    manager: Manager, db: Db, name: QueueName, pause: QueuePause | None = None
) -> Response:
    """Let nothing of this queue begin; what runs goes on. A queue may be paused before it is used."""
    await _set(
        db,
        name,
        paused_at=now(),
        paused_by=manager.user_id,
        pause_reason=pause.reason if pause is not None else None,
    )
    return Response(status_code=204)


@router.post("/{name}/resume", status_code=204, response_class=Response, responses=WRITE)
async def resume_queue(request: Request, manager: Manager, db: Db, name: QueueName) -> Response:
    """Let the jobs of this queue begin again."""
    await db.execute(
        update(JobQueue)
        .where(JobQueue.name == name)
        .values(paused_at=None, paused_by=None, pause_reason=None)
    )
    announce(request, db, WAKE, name)
    return Response(status_code=204)


async def _set(tx: Tx, name: str, **values: Any) -> None:
    if await tx.scalar(select(JobQueue.name).where(JobQueue.name == name)) is None:
        try:
            async with tx.savepoint():
                await tx.execute(insert(JobQueue).values(name=name, **values))
        except IntegrityError:
            pass  # Somebody else was first; the last one's words stand.
        else:
            return
    await tx.execute(update(JobQueue).where(JobQueue.name == name).values(**values))
