"""Every transition of a job that the engine makes, each a compare-and-set in one transaction.

A worker's writes are fenced by the claim that it was given: when the row carries another one, or is
no longer held, nothing is written and the worker learns that it has lost the job.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from taskly.jobs.dependents import release_dependents
from taskly.jobs.engine import statements
from taskly.jobs.events import record_states
from taskly.jobs.states import LIVE, Outcome, State
from taskly.kernel.ids import new_id
from taskly.kernel.sync_db import SyncTx

LONGEST_RETRY_S = 3600.0
MOST_KEYS_TRIED = 20

Row = Mapping[str, Any]


class ClaimLost(Exception):
    """The job was given to somebody else, or has ended, since this worker last wrote."""


@dataclass(frozen=True)
class Claimant:
    """The worker that asks for work."""

    worker_id: UUID
    name: str
    queues: tuple[str, ...]
    lease: timedelta


@dataclass(frozen=True)
class Ending:
    """How an attempt ended: the state that follows, unless somebody asked the job to stop."""

    outcome: Outcome
    state: State
    result: dict[str, Any] | None = None
    error_code: str | None = None
    error_message: str | None = None
    retry_s: float | None = None
    """The longest wait before the next try; None where another try would not help."""
    cpu_s: float | None = None
    peak_mb: float | None = None
    files: Sequence[Mapping[str, Any]] = ()


@dataclass
class Report:
    """What a worker has heard from a job since it last wrote: progress, log, what is to be kept."""

    progress: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] | None = None
    chunks: Sequence[Mapping[str, Any]] = ()


def claim_next(tx: SyncTx, claimant: Claimant, now: datetime) -> Row | None:
    """Take the next ready job of these queues, whose row is returned; None where nothing is ready."""
    full: list[str] = []
    for _ in range(MOST_KEYS_TRIED):
        wanted: dict[str, Any] = {"queues": claimant.queues, "at": now}
        if full:
            wanted["full"] = full
        found = tx.first(statements.ready(tx.dialect, skipping=bool(full)), wanted)
        if found is None:
            return None
        row = dict(found._mapping)
        if row["concurrency_key"] is None or _has_room(tx, row):
            return _take(tx, claimant, row, now)
        full.append(row["concurrency_key"])
    return None


def _has_room(tx: SyncTx, row: Mapping[str, Any]) -> bool:
    """Count again under the lock of the key: another claim may have filled it since."""
    key = {"name": row["concurrency_key"]}
    tx.scalar(statements.LOCK_KEY, key)
    running = tx.scalar(statements.COUNT_OF_KEY, key)
    return bool(running < (row["concurrency_limit"] or 1))


def _take(
    tx: SyncTx, claimant: Claimant, row: dict[str, Any], now: datetime
) -> dict[str, Any] | None:
    values = {
        "state": State.RUNNING.value,
        "attempt": row["attempt"] + 1,
        "claim": uuid4(),
        "worker_id": claimant.worker_id,
        "lease_until": now + claimant.lease,
        "started_at": row["started_at"] or now,
        "percent": None,
        "step": None,
        "detail": None,
        "error_code": None,
        "error_message": None,
    }
    if not _changed(tx, row, {State.QUEUED}, values):
        return None
    row |= values
    attempt = {
        "job_id": row["id"],
        "attempt": row["attempt"],
        "worker_id": claimant.worker_id,
        "worker": claimant.name,
        "started_at": now,
    }
    tx.execute(statements.INSERT_ATTEMPT, attempt)
    record_states(tx, [row])
    return row


def _changed(
    tx: SyncTx, row: Mapping[str, Any], states: set[State], values: dict[str, Any]
) -> bool:
    """Compare-and-set: True when the row was still in one of these states, under the same claim."""
    wanted = {
        "of_number": row["number"],
        "from_states": sorted(states),
        "under_claim": row["claim"],
    }
    return tx.execute(statements.CHANGE_JOB, wanted | values).rowcount == 1


def beat(tx: SyncTx, job: Mapping[str, Any], lease_until: datetime, report: Report) -> bool:
    """Renew the lease and write what was heard; True when somebody has asked the job to stop.

    Raises `ClaimLost`, having written nothing, when the claim is no longer good.
    """
    values: dict[str, Any] = {"lease_until": lease_until, **report.progress}
    if report.kept is not None:
        values["kept"] = report.kept
    if report.chunks:
        values["log_bytes"] = report.chunks[-1]["end"]
    if not _changed(tx, job, set(LIVE), values):
        raise ClaimLost
    _write_chunks(tx, job, report)
    asked = tx.scalar(statements.ASKED_TO_STOP, {"of_number": job["number"]})
    return asked is not None


def _write_chunks(tx: SyncTx, job: Mapping[str, Any], report: Report) -> None:
    if report.chunks:
        origin = {"job_id": job["id"], "attempt": job["attempt"]}
        tx.execute(statements.INSERT_CHUNKS, [{**origin, **chunk} for chunk in report.chunks])


def finish(
    tx: SyncTx, job: Mapping[str, Any], ending: Ending, report: Report, now: datetime
) -> dict[str, Any] | None:
    """End the attempt; the row as it is then, or None when the claim is no longer good.

    An attempt that may be tried again puts the job back into its queue, later each time.
    """
    found = tx.first(statements.LOCK_JOB, {"of_number": job["number"]})
    if found is None:
        return None
    row = dict(found._mapping)
    if row["claim"] != job["claim"] or row["state"] not in LIVE:
        return None
    values = {**report.progress, **_after(row, ending, now)}
    if report.kept is not None:
        values["kept"] = report.kept
    if report.chunks:
        values["log_bytes"] = report.chunks[-1]["end"]
    if not _changed(tx, row, set(LIVE), values):
        return None
    _write_chunks(tx, job, report)
    if values["state"] == State.SUCCEEDED and ending.files:
        tx.execute(statements.INSERT_FILES, [dict(file) for file in ending.files])
    _end_attempt(tx, row, ending, values["state"], now)
    row |= values
    record_states(tx, [row, *release_dependents(tx, row)])
    return row


def _after(row: Mapping[str, Any], ending: Ending, now: datetime) -> dict[str, Any]:
    free = {"claim": None, "lease_until": None, "worker_id": None}
    state, run_at, allowed = ending.state, row["run_at"], row["max_attempts"]
    if row["cancel_requested_at"] is not None and state != State.SUCCEEDED:
        state = State.CANCELLED
    elif ending.outcome == Outcome.INTERRUPTED:
        # Attempts keep their numbers, and one that the job could do nothing about costs none.
        state, allowed = State.QUEUED, allowed + 1
    elif ending.retry_s is not None:
        again = row["attempt"] < row["max_attempts"]
        state = State.QUEUED if again else State.DISCARDED
        run_at = (
            now + timedelta(seconds=retry_delay(row["attempt"], ending.retry_s))
            if again
            else run_at
        )
    values: dict[str, Any] = {
        **free,
        "state": state.value,
        "run_at": run_at,
        "max_attempts": allowed,
    }
    if state == State.QUEUED:
        return values | {"percent": None, "step": None, "detail": None}
    cancelled = state == State.CANCELLED
    done = {"percent": 100.0} if state == State.SUCCEEDED else {}
    return (
        values
        | done
        | {
            "finished_at": now,
            "result": ending.result,
            "error_code": None if cancelled else ending.error_code,
            "error_message": None if cancelled else ending.error_message,
        }
    )


def retry_delay(attempt: int, first_s: float) -> float:
    """Seconds until the next try: full jitter below a ceiling that doubles with each attempt."""
    ceiling = min(LONGEST_RETRY_S, first_s * 2 ** min(attempt - 1, 30))
    return random.uniform(0, ceiling)  # noqa: S311 (jitter)


def _end_attempt(
    tx: SyncTx, row: Mapping[str, Any], ending: Ending, state: str, now: datetime
) -> None:
    cancelled = state == State.CANCELLED
    values = {
        "of_job": row["id"],
        "of_attempt": row["attempt"],
        "finished_at": now,
        "outcome": (Outcome.CANCELLED if cancelled else ending.outcome).value,
        "error_code": None if cancelled else ending.error_code,
        "error_message": None if cancelled else ending.error_message,
        "cpu_s": ending.cpu_s,
        "peak_mb": ending.peak_mb,
    }
    tx.execute(statements.CHANGE_ATTEMPT, values)


LOST = Ending(
    Outcome.CRASHED,
    State.DISCARDED,
    error_code="worker_lost",
    error_message="The worker was not heard of any more.",
    retry_s=1.0,
)


def expired(tx: SyncTx, now: datetime) -> Sequence[Mapping[str, Any]]:
    """Jobs whose lease has run out: their workers are stuck, cut off or gone."""
    return _rows(tx.all(statements.EXPIRED, {"at": now}))


def held_by(tx: SyncTx, worker_ids: Collection[UUID]) -> Sequence[Mapping[str, Any]]:
    """Jobs that these workers hold."""
    return _rows(tx.all(statements.HELD_BY, {"workers": worker_ids})) if worker_ids else ()


def _rows(found: Sequence[Any]) -> Sequence[Row]:
    return [dict(row._mapping) for row in found]


def give_up(
    tx: SyncTx, job: Mapping[str, Any], now: datetime, *, still_expired: bool
) -> dict[str, Any] | None:
    """Take a job away from a worker that is lost; None where it has moved on since it was listed."""
    if still_expired:
        lease = tx.scalar(statements.LOCK_LEASE, {"of_number": job["number"]})
        if lease is None or lease >= now:
            return None
    return finish(tx, job, LOST, Report(), now)


def ended_parents(tx: SyncTx) -> Sequence[Row]:
    """Jobs that have ended while others still wait for them: somebody else than the engine ended them."""
    return _rows(tx.all(statements.ENDED_PARENTS))


def stopping(tx: SyncTx, worker_id: UUID) -> Sequence[UUID]:
    """Jobs of a worker that somebody has asked to stop."""
    return [row.id for row in tx.all(statements.STOPPING, {"worker": worker_id})]


def waiting_queues(tx: SyncTx, before: datetime) -> list[str]:
    """The queues with jobs that have been ready since before this time: somebody should be woken."""
    return [row.queue for row in tx.all(statements.WAITING_QUEUES, {"before": before})]


def next_ready_at(tx: SyncTx, queues: tuple[str, ...]) -> datetime | None:
    """When the next job of these queues becomes ready, if one is waiting for its time."""
    found: datetime | None = tx.scalar(statements.NEXT_READY_AT, {"queues": queues})
    return found


def file_row(
    job: Mapping[str, Any], said: Mapping[str, Any], blob: str, now: datetime
) -> dict[str, Any]:
    """The row of a published file."""
    return {
        "id": new_id(),
        "job_id": job["id"],
        "attempt": job["attempt"],
        "type": said["type"],
        "name": said["name"],
        "size": said["size"],
        "sha256": said["sha256"],
        "mime_type": said["mime_type"],
        "blob": blob,
        "created_at": now,
    }
