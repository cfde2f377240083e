"""Why a job is not running yet."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from taskly.jobs.models import Job, JobDependency, JobQueue, Worker
from taskly.jobs.states import LIVE, State
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx

SILENT_AFTER = timedelta(seconds=60)
Wait = dict[str, Any]


async def waiting_for(tx: ReadTx, job: Mapping[str, Any]) -> list[Wait]:
    """The reasons, the most important first; none for a job that runs, is over, or is about to run."""
    if job["state"] == State.BLOCKED:
        return await _parents(tx, job)
    if job["state"] != State.QUEUED:
        return []
    moment = now()
    if job["run_at"] > moment:
        code = "retry" if job["attempt"] else "run_at"
        return [{"code": code, "detail": {"run_at": job["run_at"]}}]
    return [
        *await _paused(tx, job),
        *await _key_full(tx, job),
        *await _workers(tx, job, moment),
    ]


async def _parents(tx: ReadTx, job: Mapping[str, Any]) -> list[Wait]:
    rows = await tx.all(
        select(Job.number, Job.state)
        .join(JobDependency, JobDependency.parent_id == Job.id)
        .where(JobDependency.job_id == job["id"], Job.state != State.SUCCEEDED)
        .order_by(Job.number)
    )
    return (
        [{"code": "parents", "detail": {"numbers": [row.number for row in rows]}}] if rows else []
    )


async def _paused(tx: ReadTx, job: Mapping[str, Any]) -> list[Wait]:
    row = await tx.first(
        select(JobQueue.pause_reason).where(
            JobQueue.name == job["queue"], JobQueue.paused_at.is_not(None)
        )
    )
    detail = {"queue": job["queue"], "reason": row.pause_reason} if row else {}
    return [{"code": "queue_paused", "detail": detail}] if row else []


async def _key_full(tx: ReadTx, job: Mapping[str, Any]) -> list[Wait]:
    key, limit = job["concurrency_key"], job["concurrency_limit"] or 1
    if key is None:
        return []
    running = await tx.scalar(
        select(func.count())
        .select_from(Job)
        .where(Job.concurrency_key == key, Job.state.in_(sorted(LIVE)))
    )
    full = running >= limit
    return [{"code": "key_full", "detail": {"key": key, "limit": limit}}] if full else []


async def _workers(tx: ReadTx, job: Mapping[str, Any], moment: datetime) -> list[Wait]:
    rows = await tx.all(
        select(Worker.queues, Worker.slots, Worker.running).where(
            Worker.stopped_at.is_(None),
            Worker.draining.is_(False),
            Worker.heartbeat_at > moment - SILENT_AFTER,
        )
    )
    serving = [row for row in rows if job["queue"] in row.queues]
    if not serving:
        return [{"code": "no_worker", "detail": {"queue": job["queue"]}}]
    slots = sum(row.slots for row in serving)
    if sum(row.running for row in serving) >= slots:
        return [{"code": "slots", "detail": {"slots": slots}}]
    return []
