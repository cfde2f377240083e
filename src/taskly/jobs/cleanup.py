"""The route that deletes ended jobs for good when somebody asks."""

from datetime import timedelta
from functools import partial

from fastapi import APIRouter, Request, Response
from sqlalchemy import and_, func, select
from sqlalchemy.sql.elements import ColumnElement

from taskly.files.store import LocalStore
from taskly.jobs.capabilities import JobReader
from taskly.jobs.models import Job, JobFile
from taskly.jobs.retention import (
    AT_ONCE,
    awaited,
    deletions,
    doomed,
    files_of,
    forget_files,
    record,
)
from taskly.jobs.routes import WRITE
from taskly.jobs.schemas import CleanedUp, CleanUp
from taskly.jobs.states import TERMINAL
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx
from taskly.kernel.events import lock_streams
from taskly.kernel.http import Db, TasklyRoute, json_bytes
from taskly.kernel.wire import to_json

router = APIRouter(route_class=TasklyRoute, tags=["jobs"])


@router.post("/jobs/cleanup", response_model=CleanedUp, responses=WRITE)
async def clean_up_jobs(request: Request, reader: JobReader, db: Db, wish: CleanUp) -> Response:
    """Delete ended jobs that one may change, with logs and files; ask again while there are `more`."""
    states: list[str] = [*wish.states] if wish.states else sorted(TERMINAL)
    before = now() - timedelta(days=wish.older_than_days)
    condition = and_(reader.may_change(), Job.state.in_(states), Job.finished_at <= before)
    if wish.dry_run:
        return _told(await _counted(db, condition), dry_run=True, more=False)
    rows = await db.all(doomed(condition))
    files = await db.all(files_of(rows))
    for statement in deletions(rows):
        await db.execute(statement)
    streams = await lock_streams(db, *{row.owner_id for row in rows})
    record(db, rows, streams, reader.user_id, reader.actor.op)
    store = LocalStore(request.app.state.settings)
    db.after_commit.append(partial(forget_files, store, files))
    total = (len(rows), sum(file.size for file in files))
    return _told(total, dry_run=False, more=len(rows) == AT_ONCE)


def _told(total: tuple[int, int], *, dry_run: bool, more: bool) -> Response:
    jobs, size = total
    return json_bytes(to_json({"jobs": jobs, "file_bytes": size, "dry_run": dry_run, "more": more}))


async def _counted(tx: ReadTx, condition: ColumnElement[bool]) -> tuple[int, int]:
    jobs = select(Job.id).where(condition, ~awaited())
    count = await tx.scalar(select(func.count()).select_from(jobs.subquery()))
    size = await tx.scalar(select(func.sum(JobFile.size)).where(JobFile.job_id.in_(jobs)))
    return int(count), int(size or 0)
