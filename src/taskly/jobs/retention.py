"""What it takes to delete ended jobs for good, with their attempts, logs and files; and their end by age."""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Executable, Row, and_, delete, exists, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from taskly.files.store import LocalStore
from taskly.jobs.models import Job, JobAttempt, JobDependency, JobFile, JobLogChunk
from taskly.jobs.states import TERMINAL, State
from taskly.kernel.events import Appending, HeldStream, Patch, append
from taskly.kernel.log import get_logger
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase, SyncTx

log = get_logger(__name__)

AT_ONCE = 500
REGRET = timedelta(days=1)
STALE = timedelta(days=8)
"""Longer than any job may take."""
WORK = "work"
"""The folder in the data folder in which jobs work."""
FILES = "jobs"
"""Below which the files of jobs have their keys: `jobs/<job>/<attempt>-<number>`."""
Rows = Sequence[Row[Any]]


def awaited() -> ColumnElement[bool]:
    """A condition: another job has yet to learn how this one ended."""
    child = aliased(Job)
    return exists().where(
        JobDependency.parent_id == Job.id,
        child.id == JobDependency.job_id,
        child.state == State.BLOCKED,
    )


def doomed(condition: ColumnElement[bool]) -> Executable:
    """The next jobs to delete, locked; one that another waits for stays for now."""
    return (
        select(Job.id, Job.owner_id, Job.deleted_at)
        .where(condition, ~awaited())
        .order_by(Job.number)
        .limit(AT_ONCE)
        .with_for_update(of=Job)
    )


def files_of(rows: Rows) -> Executable:
    """The files of these jobs."""
    return select(JobFile.blob, JobFile.size).where(JobFile.job_id.in_([row.id for row in rows]))


def deletions(rows: Rows) -> list[Delete]:
    """The statements that delete these jobs and first what refers to them."""
    ids = [row.id for row in rows]
    links = or_(JobDependency.job_id.in_(ids), JobDependency.parent_id.in_(ids))
    parts = (JobAttempt, JobLogChunk, JobFile)
    return [
        delete(JobDependency).where(links),
        *(delete(part).where(part.job_id.in_(ids)) for part in parts),
        delete(Job).where(Job.id.in_(ids)),
    ]


def record(
    tx: Appending, rows: Rows, streams: Sequence[HeldStream], actor_id: UUID | None, op: str | None
) -> None:
    """Tell the owners of jobs that were listed until now."""
    by_owner = {stream.id: stream for stream in streams}
    for row in rows:
        if row.deleted_at is None and row.owner_id in by_owner:
            append(
                tx,
                by_owner[row.owner_id],
                "job.deleted",
                actor_id=actor_id,
                op=op,
                patch=Patch().drop("jobs", row.id),
                subject_id=row.id,
            )


def forget_files(store: LocalStore, files: Rows) -> None:
    """Delete the bytes, once no row names them any more."""
    for file in files:
        store.delete(file.blob)


def forget_old_jobs(settings: Settings, database: SyncDatabase, moment: datetime) -> None:
    """Delete some of the jobs that ended too long ago, or that somebody deleted a day ago."""
    forget_some(settings, database, _too_old(settings, moment))


def forget_some(
    settings: Settings, database: SyncDatabase, condition: ColumnElement[bool]
) -> tuple[int, int]:
    """Delete some of the ended jobs that a condition names; how many, and how large their files were."""
    ended = and_(Job.state.in_(sorted(TERMINAL)), condition)
    with database.read() as tx:
        if tx.first(select(Job.id).where(ended).limit(1)) is None:
            return 0, 0
    store = LocalStore(settings)
    with database.write() as tx:
        rows = tx.all(doomed(ended))
        files = tx.all(files_of(rows)) if rows else ()
        if rows:
            tx.after_commit.append(partial(forget_files, store, files))
            _delete(tx, rows)
    return len(rows), sum(file.size for file in files)


def forget_strays(settings: Settings, database: SyncDatabase, moment: datetime) -> None:
    """Delete what processes left that were killed: files that no row names, and folders of work."""

    def named(keys: Sequence[str]) -> set[str]:
        ids = {UUID(key.split("/")[1]) for key in keys}
        with database.read() as tx:
            rows = tx.all(select(JobFile.blob).where(JobFile.job_id.in_(ids)))
        return {row.blob for row in rows}

    swept = LocalStore(settings).sweep(FILES, moment - REGRET, named)
    if swept:
        log.info("stray_files_deleted", count=swept)
    for folder in (settings.data_dir / WORK).glob("*"):
        if folder.stat().st_mtime < (moment - STALE).timestamp():
            shutil.rmtree(folder, ignore_errors=True)


def _too_old(settings: Settings, moment: datetime) -> ColumnElement[bool]:
    kept = timedelta(days=settings.job_keep_days)
    return or_(Job.deleted_at < moment - REGRET, Job.finished_at < moment - kept)


def _delete(tx: SyncTx, rows: Rows) -> None:
    for statement in deletions(rows):
        tx.execute(statement)
    found = [tx.lock_stream(owner) for owner in sorted({row.owner_id for row in rows})]
    record(tx, rows, [stream for stream in found if stream is not None], None, None)
