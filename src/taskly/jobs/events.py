"""How a change of a job enters the stream of its owner, and the shape that it has there."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from taskly.jobs.models import Job
from taskly.kernel.events import Appending, HeldStream, Patch, append
from taskly.kernel.sync_db import SyncTx

JOB_COLUMNS = tuple(Job.__table__.c)
COPIED = (
    "id", "number", "kind", "title", "state", "queue", "percent", "step", "detail", "attempt",
    "max_attempts", "timeout_s", "owner_id", "board_id", "card_id", "schedule_id", "retry_of",
    "run_at", "created_at", "started_at", "finished_at",
)  # fmt: skip


def job_face(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A job as patches carry it: short of its parameters, which may be secret, its result, and its waits."""
    failed = row["error_code"] is not None
    return {
        **{name: row[name] for name in COPIED},
        "priority": -row["precedence"],
        "error": {"code": row["error_code"], "message": row["error_message"]} if failed else None,
    }


def record_state(
    tx: Appending,
    owner: HeldStream,
    row: Mapping[Any, Any],
    *,
    actor_id: UUID | None = None,
    op: str | None = None,
) -> None:
    """Append `job.<state>` to the locked stream of the job's owner.

    Whoever changes a job locks its row first and the stream after it.
    """
    append(
        tx,
        owner,
        f"job.{row['state']}",
        actor_id=actor_id,
        op=op,
        patch=Patch().put("jobs", job_face(row)),
        subject_id=row["id"],
    )


def record_states(tx: SyncTx, rows: Sequence[Mapping[Any, Any]]) -> None:
    """Append the new state of each of these jobs; the last thing that the engine does in a transaction."""
    streams = {owner: tx.lock_stream(owner) for owner in sorted({r["owner_id"] for r in rows})}
    for row in rows:
        stream = streams[row["owner_id"]]
        if stream is not None:
            record_state(tx, stream, row)
