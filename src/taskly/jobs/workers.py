"""Workers: the processes that run jobs, for administrators."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import and_, select, update
from sqlalchemy.sql.elements import ColumnElement

from taskly.accounts.actor import Actor
from taskly.accounts.auth import SUPERUSER
from taskly.jobs.models import Worker
from taskly.jobs.routes import READ, WRITE, announce
from taskly.jobs.service import WAKE
from taskly.jobs.waiting import SILENT_AFTER
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.errors import NotFound
from taskly.kernel.fields import Out
from taskly.kernel.http import Db, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/workers", route_class=TasklyRoute, tags=["workers"])

Manager = Annotated[Actor, Depends(SUPERUSER)]
FORGOTTEN_AFTER = timedelta(days=1)
MOST = 200


class WorkerOut(Out):
    """A worker: `load` is the part of its slots that is in use, `silent_s` the age of its last word."""

    id: UUID
    name: str
    host: str
    pid: int
    version: str
    driver: str
    queues: list[str]
    slots: int
    running: int
    load: float
    started_at: datetime
    heartbeat_at: datetime
    silent_s: float
    draining: bool
    stopped_at: datetime | None
    alive: bool


class WorkersOut(Out):
    """The workers of the last day, the newest first."""

    items: list[WorkerOut]


def at_work(moment: datetime) -> ColumnElement[bool]:
    """A condition: this worker was heard of lately and takes jobs."""
    return and_(
        Worker.stopped_at.is_(None),
        Worker.draining.is_(False),
        Worker.heartbeat_at > moment - SILENT_AFTER,
    )


async def anybody_works(tx: ReadTx, moment: datetime) -> bool:
    """True while some worker takes jobs."""
    return await tx.scalar(select(Worker.id).where(at_work(moment)).limit(1)) is not None


@router.get("", response_model=WorkersOut, responses=READ | problems(403))
async def list_workers(manager: Manager, db: ReadDb) -> Response:
    """Who runs jobs, and whoever stopped or fell silent during the last day."""
    moment = now()
    rows = await db.all(
        select(*Worker.__table__.c)
        .where(Worker.heartbeat_at > moment - FORGOTTEN_AFTER)
        .order_by(Worker.started_at.desc(), Worker.id)
        .limit(MOST)
    )
    items = [_worker(dict(row._mapping), moment) for row in rows]
    return json_bytes(to_json({"items": items}))


def _worker(row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    silent = max(0.0, (moment - row["heartbeat_at"]).total_seconds())
    return {
        **row,
        "load": row["running"] / row["slots"],
        "silent_s": silent,
        "alive": row["stopped_at"] is None and silent < SILENT_AFTER.total_seconds(),
    }


@router.post("/{worker_id}/drain", status_code=204, response_class=Response, responses=WRITE)
async def drain_worker(manager: Manager, db: Db, worker_id: UUID) -> Response:
    """Ask a worker to end what it runs and to begin nothing new."""
    await _drain(db, worker_id, draining=True)
    return Response(status_code=204)


@router.post("/{worker_id}/resume", status_code=204, response_class=Response, responses=WRITE)
async def resume_worker(request: Request, manager: Manager, db: Db, worker_id: UUID) -> Response:
    """Let a worker that was drained take jobs again."""
    await _drain(db, worker_id, draining=False)
    announce(request, db, WAKE, "")
    return Response(status_code=204)


async def _drain(tx: Tx, worker_id: UUID, *, draining: bool) -> None:
    known = await tx.scalar(
        select(Worker.id).where(Worker.id == worker_id, Worker.stopped_at.is_(None))
    )
    if known is None:
        raise NotFound
    await tx.execute(update(Worker).where(Worker.id == worker_id).values(draining=draining))
