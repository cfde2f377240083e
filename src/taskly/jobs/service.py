"""What people do with jobs. A change locks the job's row first and the stream of its owner after it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from taskly.accounts.queries import is_superuser
from taskly.jobs.events import JOB_COLUMNS, record_state
from taskly.jobs.inputs import check_inputs
from taskly.jobs.kinds.registry import Kind, Registry
from taskly.jobs.models import Job, JobDependency, JobGrant, JobKey
from taskly.jobs.queries import Reader
from taskly.jobs.rows import job_row
from taskly.jobs.schemas import JobNew
from taskly.jobs.states import TERMINAL, WAITING, State
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from taskly.kernel.events import Patch, append, lock_streams

INSERT_JOB = insert(Job)
WAKE = "job.wake"
CANCEL = "job.cancel"


class JobLive(Conflict):
    """A job that is not over yet cannot be deleted; cancel it first."""

    code = "job_live"


class JobOver(Conflict):
    """The job has come to its end, which is never changed."""

    code = "job_over"


async def may_submit(tx: ReadTx, reader: Reader, kind: Kind) -> bool:
    """True unless the kind touches the machine and nobody has allowed it to this person."""
    if not kind.needs_grant:
        return True
    granted = exists().where(JobGrant.user_id == reader.user_id, JobGrant.kind == kind.name)
    return bool(await tx.scalar(select(granted))) or await is_superuser(tx, reader.user_id)


async def submit_job(tx: Tx, reader: Reader, kinds: Registry, new: JobNew) -> dict[str, Any]:
    """Put a job into its queue. Raises `Invalid` for an unknown kind, bad parameters or parents."""
    kind = kinds.get(new.kind)
    if kind is None:
        raise Invalid.of("kind", "unknown_kind")
    if not await may_submit(tx, reader, kind):
        raise Forbidden("kind_not_allowed")
    board_id = None
    if new.card_id is not None:
        board_id = await reader.boards.board_of_card(tx, reader.actor, new.card_id)
    after = list(dict.fromkeys(new.after))
    blocked = await _wait_for(tx, reader, after)
    row = job_row(
        kind,
        new.params,
        owner_id=reader.user_id,
        title=new.title,
        priority=new.priority,
        queue=new.queue,
        run_at=new.run_at,
        board_id=board_id,
        card_id=new.card_id,
        max_attempts=new.max_attempts,
        timeout_s=new.timeout_s,
        concurrency_key=new.concurrency_key,
        blocked=blocked,
    )
    return await add_job(tx, reader, kind, row, after)


def locking(*numbers: int) -> Select[Any]:
    """Lock jobs, in the order of their numbers.

    By number, as a claim does: on MariaDB, whoever comes by the id locks its index first and the row
    after it, and a claim the other way round.
    """
    wanted = select(*JOB_COLUMNS).where(Job.number.in_(numbers)).order_by(Job.number)
    return wanted.with_for_update(of=Job)


async def _wait_for(tx: Tx, reader: Reader, parents: Sequence[UUID]) -> bool:
    """True when one of these jobs has not succeeded yet. They are locked, so that none ends unseen."""
    if not parents:
        return False
    found = await tx.all(select(Job.number).where(Job.id.in_(parents), reader.may_see()))
    if len(found) != len(parents):
        raise Invalid.of("after", "unknown_job")
    rows = await tx.all(locking(*[row.number for row in found]))
    states = {State(row.state) for row in rows}
    if states & (TERMINAL - {State.SUCCEEDED}):
        raise Invalid.of("after", "parent_failed")
    return states != {State.SUCCEEDED}


async def add_job(
    tx: Tx, reader: Reader, kind: Kind, row: dict[str, Any], after: Sequence[UUID] = ()
) -> dict[str, Any]:
    """Write a new job, and what it comes after, into the database and the stream of its owner.

    Raises `Invalid` for files to work on that its owner cannot have.
    """
    await check_inputs(tx, reader.acting_for(row["owner_id"]), kind, row["params"])
    if row["concurrency_key"] is not None:
        await _know_key(tx, row["concurrency_key"])
    result = await tx.execute(INSERT_JOB, row)
    (row["number"],) = result.inserted_primary_key or (None,)
    if after:
        links = [{"job_id": row["id"], "parent_id": parent} for parent in after]
        await tx.execute(insert(JobDependency), links)
    await _tell(tx, reader, row)
    return row


async def _know_key(tx: Tx, key: str) -> None:
    known = await tx.scalar(select(JobKey.key).where(JobKey.key == key))
    if known is None:
        try:
            async with tx.savepoint():
                await tx.execute(insert(JobKey).values(key=key))
        except IntegrityError:
            return  # somebody else was first


async def _tell(tx: Tx, reader: Reader, row: Mapping[str, Any]) -> None:
    (owner,) = await lock_streams(tx, row["owner_id"])
    record_state(tx, owner, row, actor_id=reader.user_id, op=reader.actor.op)


async def _locked(tx: Tx, reader: Reader, job_id: UUID) -> dict[str, Any]:
    """The job's row, locked. Raises `NotFound`, or `Forbidden` for one that may only be looked at."""
    statement = select(Job.number, reader.may_change().label("changeable"))
    found = await tx.first(statement.where(Job.id == job_id, reader.may_see()))
    if found is None:
        raise NotFound
    if not found.changeable:
        raise Forbidden
    locked = await tx.first(locking(found.number))
    if locked is None or locked.deleted_at is not None:
        raise NotFound
    return dict(locked._mapping)


async def cancel_job(tx: Tx, reader: Reader, job_id: UUID) -> dict[str, Any]:
    """Stop a job: at once where it waits, soon where it runs. Asked twice, it is the same.

    What comes after it is skipped by the engine's ticker.

    Raises `JobOver` for one that has ended in another way.
    """
    row = await _locked(tx, reader, job_id)
    state = State(row["state"])
    if state in {State.CANCELLING, State.CANCELLED}:
        return row
    if state in TERMINAL:
        raise JobOver
    values: dict[str, Any] = {"cancel_requested_at": now(), "state": State.CANCELLING.value}
    if state in WAITING:
        values |= {"state": State.CANCELLED.value, "finished_at": now()}
    await tx.execute(
        update(Job).where(Job.number == row["number"], Job.state == state).values(**values)
    )
    row |= values
    await _tell(tx, reader, row)
    return row


async def retry_job(tx: Tx, reader: Reader, kinds: Registry, job_id: UUID) -> dict[str, Any]:
    """A new job like one that has ended, from the beginning. Raises `JobLive` for one that has not."""
    before = await _locked(tx, reader, job_id)
    if before["state"] not in TERMINAL:
        raise JobLive("job_not_over")
    kind = kinds.get(before["kind"])
    if kind is None:
        raise Conflict("unknown_kind")
    if not await may_submit(tx, reader, kind):
        raise Forbidden("kind_not_allowed")
    row = job_row(
        kind,
        before["params"],
        owner_id=reader.user_id,
        title=before["title"],
        priority=-before["precedence"],
        queue=before["queue"],
        board_id=before["board_id"],
        card_id=before["card_id"],
        max_attempts=before["max_attempts"],
        timeout_s=before["timeout_s"],
        concurrency_key=before["concurrency_key"],
        retry_of=before["id"],
    )
    row["concurrency_limit"] = before["concurrency_limit"]
    return await add_job(tx, reader, kind, row)


async def delete_job(tx: Tx, reader: Reader, job_id: UUID) -> None:
    """Take an ended job out of all lists; retention deletes it for good. Raises `JobLive`."""
    row = await _locked(tx, reader, job_id)
    if row["state"] not in TERMINAL:
        raise JobLive
    await tx.execute(update(Job).where(Job.number == row["number"]).values(deleted_at=now()))
    (owner,) = await lock_streams(tx, row["owner_id"])
    append(
        tx,
        owner,
        "job.deleted",
        actor_id=reader.user_id,
        op=reader.actor.op,
        patch=Patch().drop("jobs", row["id"]),
        subject_id=row["id"],
    )
